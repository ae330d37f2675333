import Generation
import Testing

@testable import Server

@Suite struct ProgressWatchTests {
  private func progress(_ phase: GenerationProgress.Phase, _ done: Int = 0) -> GenerationProgress {
    GenerationProgress(phase: phase, done: done, total: 100)
  }

  @Test func `loading may take five minutes`() {
    let watch = ProgressWatch(now: .zero)
    #expect(!watch.isOverdue(now: .seconds(300)))
    #expect(watch.isOverdue(now: .seconds(301)))
  }

  @Test func `a step may take a minute, or twenty times the median`() {
    var watch = ProgressWatch(now: .zero)
    watch.note(progress(.denoising), now: .zero)
    #expect(watch.patience == .seconds(60))
    for step in 1...5 { watch.note(progress(.denoising, step), now: .seconds(10 * step)) }
    #expect(watch.patience == .seconds(200))
    #expect(!watch.isOverdue(now: .seconds(250)))
    #expect(watch.isOverdue(now: .seconds(251)))
  }

  @Test func `saying the same again is no progress`() {
    var watch = ProgressWatch(now: .zero)
    watch.note(progress(.denoising, 1), now: .zero)
    for second in 1...60 { watch.note(progress(.denoising, 1), now: .seconds(second)) }
    #expect(watch.isOverdue(now: .seconds(61)))
  }

  @Test func `decoding may take two minutes and a picture is progress`() {
    var watch = ProgressWatch(now: .zero)
    watch.note(progress(.decoding), now: .zero)
    watch.notePicture(now: .seconds(100))
    #expect(!watch.isOverdue(now: .seconds(220)))
    #expect(watch.isOverdue(now: .seconds(221)))
  }
}

@Suite struct ReportedTests {
  @Test func `numbers that make no sense are made to`() {
    let reported = GenerationProgress(phase: .denoising, done: 50, total: -1, etaSeconds: -5)
    #expect(Reported.progress(reported) == GenerationProgress(phase: .denoising, done: 0, total: 0))
    let huge = GenerationProgress(phase: .denoising, done: .max, total: .max, etaSeconds: .infinity)
    #expect(Reported.progress(huge).etaSeconds == nil)
    #expect(Reported.progress(huge).total == 1_000_000)
  }

  @Test func `an error becomes one line with a code`() {
    let long = UserError(code: "Böse", message: String(repeating: "é\n", count: 1000), field: "a b")
    let error = Reported.error(long)
    #expect(error.code == "worker_error")
    #expect(error.field == nil)
    #expect(error.message.count == 150)
    #expect(!error.message.contains("\n"))
    let good = UserError(code: "oom", message: "out of memory", field: "width")
    #expect(Reported.error(good) == good)
    #expect(!Reported.error(UserError(code: "x", message: "\n")).message.isEmpty)
  }

  @Test func `a preview is a PNG or a JPEG`() {
    #expect(Reported.preview(Array("<svg>".utf8)) == nil)
    #expect(Reported.preview([0xFF, 0xD8, 0xFF, 0xE0]) != nil)
  }
}
