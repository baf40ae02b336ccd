/**
 * Puts the indices of the `count` cheapest candidates first into `order`, cheapest first; equal costs by index, so
 * that the result does not depend on the sorting method. Costs are finite or Infinity, never NaN.
 * @param population  candidates in `costs`, all of them when absent
 */
export function rankByCost(costs: Float64Array, order: Int32Array, count: number, population = costs.length): void {
  for (let i = 0; i < population; i++) order[i] = i;
  // a heap of the cheapest seen, the dearest on top; then sorted by taking the top off
  for (let root = (count >> 1) - 1; root >= 0; root--) sink(costs, order, root, count);
  for (let i = count; i < population; i++) {
    if (!comesBefore(costs, order[i]!, order[0]!)) continue;
    swap(order, i, 0);
    sink(costs, order, 0, count);
  }
  for (let end = count - 1; end > 0; end--) {
    swap(order, 0, end);
    sink(costs, order, 0, end);
  }
}
const comesBefore = (costs: Float64Array, a: number, b: number): boolean => costs[a]! < costs[b]! || (costs[a] === costs[b] && a < b);
function sink(costs: Float64Array, order: Int32Array, root: number, end: number): void {
  for (;;) {
    let child = 2 * root + 1;
    if (child >= end) return;
    if (child + 1 < end && comesBefore(costs, order[child]!, order[child + 1]!)) child++;
    if (!comesBefore(costs, order[root]!, order[child]!)) return;
    swap(order, root, child);
    root = child;
  }
}
function swap(order: Int32Array, a: number, b: number): void {
  const kept = order[a]!;
  order[a] = order[b]!;
  order[b] = kept;
}

/** How many of the first `count` in `order` have a finite cost: a diverged future is never an elite. */
export function elitesOf(costs: Float64Array, order: Int32Array, count: number): number {
  let used = 0;
  while (used < count && costs[order[used]!] !== Infinity) used++;
  return used;
}
