/**
 * Puts the indices of the `count` cheapest candidates first into `order`, cheapest first; equal costs by index, so
 * that the result does not depend on the sorting method. Costs are finite or Infinity, never NaN.
 */
export function rankByCost(costs: Float64Array, order: Int32Array, count: number): void {
  const population = costs.length;
  for (let i = 0; i < population; i++) order[i] = i;
  const before = (a: number, b: number) => costs[a]! < costs[b]! || (costs[a] === costs[b] && a < b);
  // a heap of the cheapest seen, the dearest on top; then sorted by taking the top off
  const sink = (root: number, end: number) => {
    for (;;) {
      let child = 2 * root + 1;
      if (child >= end) return;
      if (child + 1 < end && before(order[child]!, order[child + 1]!)) child++;
      if (!before(order[root]!, order[child]!)) return;
      const kept = order[root]!;
      order[root] = order[child]!;
      order[child] = kept;
      root = child;
    }
  };
  for (let root = (count >> 1) - 1; root >= 0; root--) sink(root, count);
  for (let i = count; i < population; i++) {
    if (!before(order[i]!, order[0]!)) continue;
    const kept = order[i]!;
    order[i] = order[0]!;
    order[0] = kept;
    sink(0, count);
  }
  for (let end = count - 1; end > 0; end--) {
    const kept = order[0]!;
    order[0] = order[end]!;
    order[end] = kept;
    sink(0, end);
  }
}

/** How many of the first `count` in `order` have a finite cost: a diverged future is never an elite. */
export function elitesOf(costs: Float64Array, order: Int32Array, count: number): number {
  let used = 0;
  while (used < count && costs[order[used]!] !== Infinity) used++;
  return used;
}
