/// How a field's value is laid out in Protocol Buffers' wire format. Groups, which our schema never has, are missing.
enum WireType: UInt8 {
    case varint = 0
    case fixed64 = 1
    case delimited = 2
    case fixed32 = 5
}
