import TarnBase
import TarnHTTP
public import TarnStorage

extension S3Store {
    /// The store sorts `a-b` before the folder `a/`, paths sort it behind. A page of folders and objects that is not the last
    /// therefore asks about folders whose names its last entry begins with: one more request each, rarely more than a few.
    public func list(_ folder: ObjectPath, startingAfter: ObjectPath?, recursive: Bool) async throws -> ObjectListing {
        let prefix = keyPrefix(folder)
        var after = startingAfter.map(key)
        while true {
            var page = try await page(prefix, after: after, recursive: recursive, in: folder)
            if let bound = startingAfter {
                page.listing.objects.removeAll { !(bound < $0.path) }
                page.listing.folders.removeAll { !(bound < $0) }
            }
            guard let lastKey = page.continuesAfter else {
                page.listing.folders.sort()
                return page.listing
            }
            guard let end = [page.listing.objects.last?.path, page.listing.folders.max()].compactMap(\.self).max() else {
                // Nothing that a path can name, or nothing behind the bound.
                after = lastKey
                continue
            }
            if !recursive {
                page.listing.folders += try await foldersNamedLikeTheStart(of: end, beyond: lastKey, after: startingAfter)
            }
            page.listing.folders.sort()
            page.listing.next = end
            return page.listing
        }
    }

    /// Folders up to `end` that the store lists behind `lastKey`: their names begin `end`'s, where a byte before `/` follows.
    private func foldersNamedLikeTheStart(of end: ObjectPath, beyond lastKey: String, after bound: ObjectPath?) async throws
        -> [ObjectPath]
    {
        let name = Array(end.name.utf8)
        var found: [ObjectPath] = []
        for length in 1...name.count where length == name.count || name[length] < UInt8(ascii: "/") {
            guard let start = String(validating: name[..<length], as: UTF8.self),
                let folder = ObjectPath(end.parent.isRoot ? start : "\(end.parent.text)/\(start)"),
                bound.map({ $0 < folder }) ?? true
            else { continue }
            let prefix = keyPrefix(folder)
            guard lastKey.utf8.lexicographicallyPrecedes(prefix.utf8) else { continue }
            let content = try await page(prefix, after: nil, recursive: true, limit: 1, in: folder)
            if !content.listing.objects.isEmpty { found.append(folder) }
        }
        return found
    }

    private struct Page {
        var listing = ObjectListing()
        /// The last key or common prefix, if there are more behind it.
        var continuesAfter: String?
    }

    private func page(_ prefix: String, after: String?, recursive: Bool, limit: Int = 1000, in folder: ObjectPath) async throws
        -> Page
    {
        var request = S3Request("GET", nil)
        request.query = [("list-type", "2"), ("prefix", prefix), ("max-keys", String(limit)), ("encoding-type", "url")]
        if !recursive { request.query.append(("delimiter", "/")) }
        if let after { request.query.append(("start-after", after)) }
        // A thousand keys of a KiB, encoded.
        request.bodyLimit = 8 << 20
        let response = try await client.send(request, at: folder) { XMLNode.parse($0.body)?.name == "ListBucketResult" }
        guard let root = XMLNode.parse(response.body), let page = Self.read(root, pathOf: path(ofKey:)) else {
            throw StorageError(.unavailable, "the store's listing is not as S3 writes it", at: folder)
        }
        return page
    }

    private static func read(_ root: XMLNode, pathOf: (String) -> ObjectPath?) -> Page? {
        let isEncoded = root.value("EncodingType") == "url"
        func key(_ text: String?) -> String? { text.flatMap { isEncoded ? PercentEncoding.decode($0) : $0 } }
        var page = Page()
        var last = ""
        func see(_ key: String) {
            if last.utf8.lexicographicallyPrecedes(key.utf8) { last = key }
        }
        for entry in root.children {
            if entry.name == "Contents" {
                guard let key = key(entry.value("Key")), let size = entry.value("Size").flatMap({ Int64($0) }), size >= 0,
                    let modified = entry.value("LastModified").flatMap({ HTTPDate.parseISO($0) })
                else { return nil }
                see(key)
                guard let path = pathOf(key) else { continue }
                let version = entry.value("ETag").map { ObjectVersion(S3Client.unquoted($0)) }
                page.listing.objects.append(ObjectInfo(path: path, size: size, modifiedMilliseconds: modified, version: version))
            } else if entry.name == "CommonPrefixes" {
                guard let prefix = key(entry.value("Prefix")) else { return nil }
                see(prefix)
                guard prefix.hasSuffix("/"), let path = pathOf(String(prefix.dropLast())) else { continue }
                page.listing.folders.append(path)
            }
        }
        if root.value("IsTruncated") == "true" {
            guard !last.isEmpty else { return nil }
            page.continuesAfter = last
        }
        return page
    }
}
