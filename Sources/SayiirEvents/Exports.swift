// ``ExactText`` stands in signatures of this module and of those above it.
@_exported public import SayiirText
