package import TarnBase
package import TarnStorage

/// How many store requests a commit took (`tarn.requests`): all up to and with the one that completed it; those of the
/// look-up of keys apart. What follows (removing markers) is not known yet when it is written.
package struct CommitRequests: Hashable, Sendable {
    package static let key = "tarn.requests"

    package let requests: RequestCounts
    package let lookupRequests: RequestCounts

    package init(requests: RequestCounts, lookupRequests: RequestCounts) {
        self.requests = requests
        self.lookupRequests = lookupRequests
    }

    package var text: String {
        let json: JSON = ["requests": requests.json, "lookup_requests": lookupRequests.json]
        return json.description
    }
}

extension RequestCounts {
    /// The form of `tarn write --json`.
    package var json: JSON {
        ["get": .int(self.get), "put": .int(put), "list": .int(list), "head": .int(head), "delete": .int(delete)]
    }
}
