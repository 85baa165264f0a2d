/// Texts by key that a commit carries (format §3.3), in order.
package struct ExtraMetadata: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package let key: String
        package let value: String
    }

    package private(set) var entries: [Entry] = []

    package init() {}

    /// Setting a key anew keeps its place; setting nil removes it.
    package subscript(key: String) -> String? {
        get { entries.last { $0.key == key }?.value }
        set {
            let place = entries.firstIndex { $0.key == key }
            switch (place, newValue) {
            case (let place?, let value?): entries[place] = Entry(key: key, value: value)
            case (let place?, nil): entries.remove(at: place)
            case (nil, let value?): entries.append(Entry(key: key, value: value))
            case (nil, nil): break
            }
        }
    }

    /// The table's columns as Avro JSON, without the meta fields.
    package static let schemaKey = "schema"
    /// What a HoodieStreamer that also writes the table goes on from: other writers carry it into their own commits.
    package static let checkpointKeys = ["deltastreamer.checkpoint.key", "deltastreamer.checkpoint.reset_key"]
}

extension ExtraMetadata: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        for (key, value) in elements { self[key] = value }
    }
}
