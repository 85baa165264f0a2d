package import TarnBase

/// An instant that was begun and must end, exactly once: completed, or left for rollback.
package struct PendingInstant: ~Copyable, Sendable {
    package let time: InstantTime
    package let action: Action

    init(time: InstantTime, action: Action) {
        self.time = time
        self.action = action
    }

    /// Puts the inflight file. Cost: one request.
    package func start(with profile: Bytes = Bytes(), on timeline: TimelineWriter) async throws {
        try await timeline.put(InstantFileName(time, action, .inflight), profile)
    }

    /// Makes the instant visible to readers. Call once every file it names is durable.
    ///
    /// - Throws: ``TableError``: `outcomeUnknown` when it may be visible, anything else when it is not.
    ///
    /// Cost: one request.
    package consuming func complete(with payload: Bytes, on timeline: TimelineWriter) async throws -> Instant {
        let (time, action) = (self.time, self.action)
        discard self
        try await timeline.put(InstantFileName(time, action, .completed), payload)
        return Instant(time, action, .completed, size: Int64(payload.count), modifiedMilliseconds: timeline.table.runtime.clock.nowMilliseconds())
    }

    /// Leaves the instant for rollback.
    package consuming func abandon() { discard self }

    deinit { assertionFailure("instant \(time) was neither completed nor abandoned") }
}
