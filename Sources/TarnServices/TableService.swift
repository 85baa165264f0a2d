/// A service looks after a table: it compacts, clusters, cleans or archives. Plan, then run.
///
/// The plan is a value: it can be logged, tested without a disk, and, where the format says so, stored in the requested
/// instant. Both halves work under the writer's lock, each under its own.
public protocol TableService: Sendable {
    associatedtype Plan: Sendable
    associatedtype Outcome: Sendable

    /// What there is to do now; nil when there is nothing. Reads; writes nothing.
    func plan() async throws -> Plan?

    /// Does it. A run that dies leaves a readable table, and running again finishes.
    func run(_ plan: Plan) async throws -> Outcome
}
