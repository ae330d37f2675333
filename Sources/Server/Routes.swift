import HTTP
import HTTPTypes

/// Every route of the server, each with who may ask for it.
enum Routes {
  /// The table of routes over `services`, with the page's `files` below them.
  static func table(_ services: Services, files: StaticFiles?) -> AppRouter {
    var router = AppRouter(policy: RequestPolicy(services).policy)
    add(to: &router, services)
    addAccounts(to: &router, services)
    addAdministration(to: &router, services)
    if services.configuration.debugRoutes {
      router.on(.get, "/debug/echo", audience: .anyone, EchoMessages(services).respond)
    }
    if let files { router.files(files, audience: .anyone) }
    return router
  }

  private static func add(to router: inout AppRouter, _ services: Services) {
    let limits = services.configuration.limits
    router.on(.get, "/api/capabilities", audience: .visitor, GetCapabilities(services).respond)
    router.on(
      .post, "/api/jobs", audience: .newcomer, bodyLimit: limits.jsonBody, SubmitJob(services).respond)
    router.on(.get, "/api/jobs", audience: .user, ListJobs(services).respond)
    router.on(.get, "/api/jobs/{id}", audience: .user, GetJob(services).respond)
    router.on(.delete, "/api/jobs/{id}", audience: .user, CancelJob(services).respond)
    router.on(
      .post, "/api/grids", audience: .newcomer, bodyLimit: limits.jsonBody, SubmitGrid(services).respond)
    router.on(.get, "/api/grids", audience: .user, ListGrids(services).respond)
    router.on(.get, "/api/grids/{id}", audience: .user, GetGrid(services).respond)
    router.on(.delete, "/api/grids/{id}", audience: .user, CancelGrid(services).respond)
    router.on(.get, "/api/images/{id}", audience: .user, GetImage(services).respond)
    router.on(.get, "/api/images/{id}/thumbnail", audience: .user, GetThumbnail(services).respond)
    router.on(
      .patch, "/api/images/{id}", audience: .user, bodyLimit: limits.jsonBody, UpdateImage(services).respond)
    router.on(.delete, "/api/images/{id}", audience: .user, DeleteImage(services).respond)
    router.on(
      .post, "/api/uploads", audience: .user, bodyLimit: limits.uploadBody, UploadPicture(services).respond)
    router.on(.get, "/api/uploads/{id}", audience: .user, GetUpload(services).respond)
    router.on(.delete, "/api/uploads/{id}", audience: .user, DeleteUpload(services).respond)
    router.on(.get, "/api/events", audience: .user, FollowEvents(services).respond)
    let health = GetHealth(services)
    router.on(
      .get, "/healthz", audience: .anyone, quick: { _ in health.respondAtOnce() }, health.respond)
    router.on(.get, "/readyz", audience: .anyone, GetReadiness(services).respond)
    router.on(.get, "/metrics", audience: .visitor, GetMetrics(services).respond)
  }

  private static func addAccounts(to router: inout AppRouter, _ services: Services) {
    let limit = services.configuration.limits.jsonBody
    router.on(.get, "/api/session", audience: .anyone, GetSession(services).respond)
    router.on(.post, "/api/session", audience: .anyone, bodyLimit: limit, LogIn(services).respond)
    router.on(.delete, "/api/session", audience: .anyone, LogOut(services).respond)
    router.on(.post, "/api/accounts", audience: .anyone, bodyLimit: limit, CreateAccount(services).respond)
    router.on(.patch, "/api/account", audience: .account, bodyLimit: limit, ChangePassword(services).respond)
    router.on(.delete, "/api/account/sessions", audience: .account, LogOutEverywhere(services).respond)
    router.on(.get, "/api/account/tokens", audience: .account, ListTokens(services).respond)
    router.on(
      .post, "/api/account/tokens", audience: .account, bodyLimit: limit, CreateToken(services).respond)
    router.on(.delete, "/api/account/tokens/{id}", audience: .account, DeleteToken(services).respond)
  }

  private static func addAdministration(to router: inout AppRouter, _ services: Services) {
    let limit = services.configuration.limits.jsonBody
    router.on(.get, "/api/admin/overview", audience: .admin, GetOverview(services).respond)
    router.on(
      .post, "/api/admin/workers/{id}/drain", audience: .admin, bodyLimit: limit,
      DrainWorker(services).respond)
    router.on(.get, "/api/admin/jobs", audience: .admin, ListOpenJobs(services).respond)
    router.on(
      .post, "/api/admin/jobs/{id}/requeue", audience: .admin, bodyLimit: limit, RequeueJob(services).respond)
    router.on(
      .post, "/api/admin/jobs/{id}/fail", audience: .admin, bodyLimit: limit, FailJob(services).respond)
    router.on(.get, "/api/admin/users", audience: .admin, ListUsers(services).respond)
    router.on(
      .patch, "/api/admin/users/{id}", audience: .admin, bodyLimit: limit, UpdateUser(services).respond)
    router.on(.get, "/api/admin/invitations", audience: .admin, ListInvitations(services).respond)
    router.on(
      .post, "/api/admin/invitations", audience: .admin, bodyLimit: limit, CreateInvitation(services).respond)
    router.on(.delete, "/api/admin/invitations/{id}", audience: .admin, DeleteInvitation(services).respond)
    router.on(.get, "/api/admin/audit", audience: .admin, ListAudit(services).respond)
  }
}
