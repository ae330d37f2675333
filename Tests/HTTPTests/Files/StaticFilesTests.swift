import Foundation
import HTTPTypes
import Testing

@testable import HTTP

@Suite struct StaticFilesTests {
  /// A folder with a page, a script, a hidden file, and a link out of it; removed with the value.
  private final class Folder {
    let path: String

    init() throws {
      path = FileManager.default.temporaryDirectory.appendingPathComponent("static-\(UUID().uuidString)").path
      try FileManager.default.createDirectory(atPath: path + "/js", withIntermediateDirectories: true)
      try "<p>page</p>".write(toFile: path + "/index.html", atomically: false, encoding: .utf8)
      try "0123456789".write(toFile: path + "/js/app.js", atomically: false, encoding: .utf8)
      try "secret".write(toFile: path + "/.env", atomically: false, encoding: .utf8)
      try FileManager.default.createSymbolicLink(atPath: path + "/passwd", withDestinationPath: "/etc/passwd")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  private func get(
    _ path: String, _ headers: HTTPFields = [:], method: HTTPRequest.Method = .get
  ) throws -> (response: Response?, body: String) {
    let folder = try Folder()
    let files = try StaticFiles(folder: folder.path)
    let response = files.response(to: try RequestHead(method, path, headers: headers))
    guard case .bytes(let bytes)? = response?.body else { return (response, "") }
    return (response, String(decoding: bytes, as: UTF8.self))
  }

  @Test func `the table has the visible files and nothing a link leads to`() throws {
    let folder = try Folder()
    #expect(try StaticFiles(folder: folder.path).paths == ["/", "/index.html", "/js/app.js"])
  }

  @Test func `files come with type, tag, date and no-cache`() throws {
    let page = try get("/")
    #expect(page.body == "<p>page</p>")
    #expect(page.response?.headers[.contentType] == "text/html; charset=utf-8")
    #expect(page.response?.headers[.cacheControl] == "no-cache")
    #expect(page.response?.headers[.eTag]?.count == 34)
    #expect(try get("/js/app.js").response?.headers[.contentType] == "text/javascript; charset=utf-8")
  }

  @Test(arguments: ["/.env", "/passwd", "/js", "/js/", "/INDEX.HTML", "/index.html/", "//index.html", "/x"])
  func `what is not in the table is not served`(path: String) throws {
    #expect(try get(path).response == nil)
  }

  @Test func `no file is younger than its answer`() throws {
    let folder = try Folder()
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 4_000_000_000)],
      ofItemAtPath: folder.path + "/index.html")
    let response = try StaticFiles(folder: folder.path).response(to: try RequestHead(.get, "/"))
    let modified = try #require(response?.headers[.lastModified].flatMap(HTTPDate.seconds(from:)))
    #expect(modified < 4_000_000_000)
    #expect(modified > 1_700_000_000)
  }

  @Test func `a copy that is still right is not sent again`() throws {
    let tag = try #require(try get("/").response?.headers[.eTag])
    let date = try #require(try get("/").response?.headers[.lastModified])
    for value in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
      #expect(try get("/", [.ifNoneMatch: value]).response?.status.code == 304)
    }
    #expect(try get("/", [.ifNoneMatch: "\"x\""]).response?.status.code == 200)
    #expect(try get("/", [.ifNoneMatch: "\"x\"", .ifModifiedSince: date]).response?.status.code == 200)
    let later = HTTPDate.string(from: 4_000_000_000)
    #expect(try get("/", [.ifModifiedSince: later]).response?.status.code == 304)
    #expect(try get("/", [.ifModifiedSince: "Thu, 01 Jan 1970 00:00:00 GMT"]).response?.status.code == 200)
    #expect(try get("/", [.ifModifiedSince: "yesterday"]).response?.status.code == 200)
  }

  @Test(arguments: [
    ("bytes=0-3", 206, "0123"), ("bytes=8-", 206, "89"), ("bytes=-2", 206, "89"),
    ("bytes=0-99", 206, "0123456789"),
    ("bytes=-99", 206, "0123456789"), ("bytes=10-", 416, ""), ("bytes=-0", 416, ""),
    ("bytes=99999999999999999999-", 416, ""), ("bytes=3-2", 200, "0123456789"),
    ("bytes=0-1,3-4", 200, "0123456789"),
    ("bytes=a-b", 200, "0123456789"), ("items=0-1", 200, "0123456789"), ("bytes=-", 200, "0123456789"),
    ("bytes=+1-2", 200, "0123456789"),
  ])
  func `one range of bytes is served`(range: String, code: Int, body: String) throws {
    let answer = try get("/js/app.js", [.range: range])
    #expect(answer.response?.status.code == code)
    #expect(answer.body == body)
  }

  @Test func `a range says where it lies, and needs the right tag`() throws {
    #expect(try get("/js/app.js", [.range: "bytes=2-3"]).response?.headers[.contentRange] == "bytes 2-3/10")
    #expect(try get("/js/app.js", [.range: "bytes=20-"]).response?.headers[.contentRange] == "bytes */10")
    #expect(try get("/js/app.js", [.range: "bytes=2-3", .ifRange: "\"x\""]).response?.status.code == 200)
  }

  @Test func `HEAD knows no ranges`() throws {
    let answer = try get("/js/app.js", [.range: "bytes=2-3"], method: .head)
    #expect(answer.response?.status.code == 200)
    #expect(answer.response?.headers[.contentRange] == nil)
  }

  @Test func `who wants another version gets none`() throws {
    let tag = try #require(try get("/").response?.headers[.eTag])
    for value in ["\"x\"", "W/\(tag)"] {
      let answer = try get("/", [.ifMatch: value])
      #expect(answer.response?.status.code == 412)
      #expect(answer.body.isEmpty)
    }
    for value in [tag, "*", "\"x\", \(tag)"] {
      #expect(try get("/", [.ifMatch: value]).response?.status.code == 200)
    }
    let early = "Thu, 01 Jan 1970 00:00:00 GMT"
    #expect(try get("/", [.ifUnmodifiedSince: early]).response?.status.code == 412)
    #expect(try get("/", [.ifUnmodifiedSince: early, .ifMatch: "*"]).response?.status.code == 200)
    #expect(
      try get("/", [.ifUnmodifiedSince: HTTPDate.string(from: 4_000_000_000)]).response?.status.code == 200)
    #expect(try get("/", [.ifUnmodifiedSince: "yesterday"]).response?.status.code == 200)
  }

  @Test func `other methods are refused`() throws {
    let refused = try #require(try get("/", method: .post).response)
    #expect(refused.status.code == 405)
    #expect(refused.headers[.allow] == "GET, HEAD, OPTIONS")
    let asked = try #require(try get("/", method: .options).response)
    #expect(asked.status.code == 204)
    #expect(asked.headers[.allow] == "GET, HEAD, OPTIONS")
    #expect(try get("/", method: .head).response?.status.code == 200)
  }

  @Test func `a folder that is too large or missing is an error`() throws {
    let folder = try Folder()
    #expect(throws: StaticFiles.LoadError.tooLarge(limit: 5)) {
      try StaticFiles(folder: folder.path, limit: 5)
    }
    #expect(throws: StaticFiles.LoadError.unreadable("")) { try StaticFiles(folder: folder.path + "/none") }
  }

  @Test func `security headers fit the kind of response and replace nothing`() {
    var page = Response(.ok, headers: [.contentType: "text/html; charset=utf-8"])
    SecurityHeaders.apply(to: &page)
    #expect(page.headers[.contentSecurityPolicy]?.contains("frame-ancestors 'none'") == true)
    #expect(page.headers[.contentSecurityPolicy]?.contains("unsafe-inline") == false)
    #expect(page.headers[.xContentTypeOptions] == "nosniff")
    var data = Response(.ok, headers: [.contentSecurityPolicy: "mine"])
    SecurityHeaders.apply(to: &data)
    #expect(data.headers[.contentSecurityPolicy] == "mine")
  }
}
