// What users of the engine meet in its signatures, so that `import Sayiir` is all they write.
@_exported public import SayiirEvents
@_exported public import SayiirLog
@_exported public import SayiirProjection
