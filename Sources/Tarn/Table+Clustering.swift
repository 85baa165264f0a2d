public import TarnServices
public import TarnTable

extension Table {
    /// Makes few large files of the small ones, in an order that serves queries. Clusterings that are pending are finished
    /// first.
    ///
    /// No row changes; what is read of the past, or incrementally, is what it was.
    ///
    /// - Returns: A report whose instant is nil when there was nothing to do.
    /// - Throws: ``TableError``: `invalid` for a sort column that does not exist, `conflict` when another writer is at work,
    ///   `unsupported` when the table has something this version cannot keep right.
    ///
    /// Memory: at most `clustering.memory`, whatever the sizes; a sort that needs more spills. Cost: one request for each
    /// small file read, two for each file written (its marker, and the file, with one more for each part of 8 MiB), six for
    /// the instant.
    @discardableResult
    public func cluster(_ clustering: Clustering = Clustering()) async throws -> ClusteringReport {
        try await tableErrors { try await ClusteringService(handle, clustering).run() }
    }

    /// Puts a clustering on the timeline for ``runClustering(_:)`` or another engine to run. Until then nobody may change the
    /// rows it is about to write anew.
    ///
    /// - Returns: What will be done; its instant is nil when there is nothing to do.
    public func scheduleClustering(_ clustering: Clustering = Clustering()) async throws -> ClusteringReport {
        try await tableErrors { try await ClusteringService(handle, clustering).schedule() }
    }

    /// Runs a clustering that is pending, whoever scheduled it; what a run that died left of it is removed first.
    ///
    /// - Parameter settings: What the plan leaves open: memory, and of plans of other engines the target size and the curve.
    @discardableResult
    public func runClustering(_ instant: InstantTime, settings: Clustering = Clustering()) async throws -> ClusteringReport {
        try await tableErrors { try await ClusteringService(handle, settings).run(pending: instant) }
    }

    /// What ``cluster(_:)`` would do now, pending clusterings apart.
    public func dryRunClustering(_ clustering: Clustering = Clustering()) async throws -> ClusteringReport {
        try await tableErrors { try await ClusteringService(handle, clustering).dryRun() }
    }
}
