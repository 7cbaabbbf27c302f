/// JSON on one line, as ``text(of:_:)`` gives it, laid out on many. Other text comes back as it is.
func prettyJSON(_ text: String) -> String {
    guard let first = text.first, first == "{" || first == "[" else { return text }
    var (result, depth, isInString, isEscaped) = ("", 0, false, false)
    func line() -> String { "\n" + String(repeating: "  ", count: max(0, min(depth, 60))) }
    let characters = Array(text.unicodeScalars)
    for (place, character) in characters.enumerated() {
        if isInString {
            result.unicodeScalars.append(character)
            if isEscaped {
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isInString = false
            }
            continue
        }
        switch character {
        case "\"":
            isInString = true
            result += "\""
        case "{", "[":
            result.unicodeScalars.append(character)
            depth += 1
            let next = characters.dropFirst(place + 1).first
            if next != "}" && next != "]" { result += line() }
        case "}", "]":
            depth -= 1
            let isEmpty = place > 0 && (characters[place - 1] == "{" || characters[place - 1] == "[")
            if !isEmpty { result += line() }
            result.unicodeScalars.append(character)
        case ",": result += "," + line()
        case ":": result += ": "
        case " ": break
        default: result.unicodeScalars.append(character)
        }
    }
    return result
}
