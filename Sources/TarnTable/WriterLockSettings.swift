/// How a writer takes its table's lock. A value: it can be logged and compared.
///
/// The lease matters where the store has no lock of its own (SPEC.md, "Locks"); waiting does everywhere.
package struct WriterLockSettings: Hashable, Sendable {
    /// How long a lock counts after it was taken or renewed: how long others wait for a writer that died.
    package var leaseMilliseconds: Int64
    /// By how much the clocks of two writers may differ. A lease ends this much earlier for its owner, and later for others.
    package var clockSkewMilliseconds: Int64
    /// How long to try again while somebody else has the lock; 0 = once.
    package var waitMilliseconds: Int64

    /// - Precondition: The skew is at most a tenth of the lease.
    package init(leaseMilliseconds: Int64 = 60_000, clockSkewMilliseconds: Int64? = nil, waitMilliseconds: Int64 = 0) {
        self.leaseMilliseconds = leaseMilliseconds
        self.clockSkewMilliseconds = clockSkewMilliseconds ?? min(2_000, leaseMilliseconds / 10)
        self.waitMilliseconds = waitMilliseconds
        precondition(self.leaseMilliseconds >= 10 * self.clockSkewMilliseconds && self.clockSkewMilliseconds >= 0)
    }

    /// How long after taking it a lease is renewed.
    package var renewalMilliseconds: Int64 { leaseMilliseconds / 3 }
    /// What a put that counts may take, retries included; the lease must outlast it when it is sent.
    package var putMilliseconds: Int64 { leaseMilliseconds / 3 }
    /// What a request for the lock itself may take.
    package var lockRequestMilliseconds: Int64 { leaseMilliseconds / 5 }
}
