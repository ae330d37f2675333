import Generation
import JobQueue

/// An uploaded picture as its owner sees it.
struct UploadDocument: Encodable, Sendable {
  var id: UploadID
  var sha256: String
  var width: Int
  var height: Int

  init(_ record: UploadRecord) {
    id = record.id
    sha256 = record.upload.sha256
    width = record.upload.width
    height = record.upload.height
  }
}
