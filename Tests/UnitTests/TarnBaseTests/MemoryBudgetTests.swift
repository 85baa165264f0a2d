import TarnBase
import Testing

/// The ledger of memory: what is taken, given back, and the most there was.
@Suite struct MemoryBudgetTests {
    @Test func `no more is taken than there is, and the peak stays when it is given back`() {
        let budget = MemoryBudget(limit: .bytes(100))
        #expect(budget.tryReserve(60) && !budget.tryReserve(41) && budget.tryReserve(40))
        #expect(budget.usedBytes == 100 && budget.availableBytes == 0)
        budget.release(70)
        #expect(budget.usedBytes == 30 && budget.peakBytes == 100)
    }

    @Test func `a hold counts what it was told last, and gives it back with itself`() {
        let budget = MemoryBudget(limit: .bytes(100))
        do {
            let (one, other) = (MemoryHold(budget), MemoryHold(budget))
            one.update(to: 50)
            other.update(to: 70)
            one.update(to: 10)
            #expect(budget.usedBytes == 80 && budget.peakBytes == 120 && budget.availableBytes == 20)
            withExtendedLifetime((one, other)) {}
        }
        #expect(budget.usedBytes == 0 && budget.peakBytes == 120)
    }
}
