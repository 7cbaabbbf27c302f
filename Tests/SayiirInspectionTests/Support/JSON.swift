import Foundation

/// A JSON object, or `nil` if the text is none.
func object(_ text: String) -> [String: Any]? {
    (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any]
}
