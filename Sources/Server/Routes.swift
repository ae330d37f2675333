import HTTP
import HTTPTypes

/// Every route of the server, each with who may ask for it.
enum Routes {
  /// The table of routes over `services`, with the page's `files` below them.
  static func table(_ services: Services, files: StaticFiles?) -> AppRouter {
    var router = AppRouter(policy: RequestPolicy(services).policy)
    add(to: &router, services)
    if services.configuration.debugRoutes {
      router.on(.get, "/debug/echo", audience: .anyone, EchoMessages(services).respond)
    }
    if let files { router.files(files, audience: .anyone) }
    return router
  }

  private static func add(to router: inout AppRouter, _ services: Services) {
    let limits = services.configuration.limits
    router.on(.get, "/api/capabilities", audience: .anyone, GetCapabilities(services).respond)
    router.on(
      .post, "/api/jobs", audience: .newcomer, bodyLimit: limits.jsonBody, SubmitJob(services).respond)
    router.on(.get, "/api/jobs", audience: .user, ListJobs(services).respond)
    router.on(.get, "/api/jobs/{id}", audience: .user, GetJob(services).respond)
    router.on(.delete, "/api/jobs/{id}", audience: .user, CancelJob(services).respond)
    router.on(.get, "/api/images/{id}", audience: .user, GetImage(services).respond)
    router.on(.get, "/api/images/{id}/thumbnail", audience: .user, GetThumbnail(services).respond)
    router.on(
      .patch, "/api/images/{id}", audience: .user, bodyLimit: limits.jsonBody, UpdateImage(services).respond)
    router.on(.delete, "/api/images/{id}", audience: .user, DeleteImage(services).respond)
    router.on(
      .post, "/api/uploads", audience: .user, bodyLimit: limits.uploadBody, UploadPicture(services).respond)
    router.on(.get, "/api/events", audience: .user, FollowEvents(services).respond)
    router.on(.get, "/healthz", audience: .anyone, GetHealth(services).respond)
    router.on(.get, "/readyz", audience: .anyone, GetReadiness(services).respond)
    router.on(.get, "/metrics", audience: .anyone, GetMetrics(services).respond)
  }
}
