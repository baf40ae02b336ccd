// What today's Node and Chromium have and those of an older Electron lack, as far as code like ours uses it. Put in front of
// every entry when the tests build for such an Electron; the product never sees it. Syntax needs nothing here: the build lowers it.
(() => {
  const add = (owner, name, value) => {
    if (owner && !(name in owner)) Object.defineProperty(owner, name, { value, writable: true, configurable: true });
  };
  add(Promise, 'withResolvers', function () {
    const parts = {};
    parts.promise = new this((resolve, reject) => Object.assign(parts, { resolve, reject }));
    return parts;
  });
  add(Object, 'groupBy', (items, keyOf) => {
    const groups = Object.create(null);
    let index = 0;
    for (const item of items) (groups[keyOf(item, index++)] ??= []).push(item);
    return groups;
  });
  add(globalThis.AbortSignal, 'any', (signals) => {
    const controller = new AbortController();
    for (const signal of signals) {
      if (signal.aborted) controller.abort(signal.reason);
      else signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
    }
    return controller.signal;
  });
  const sets = {
    union: (a, b) => new Set([...a, ...b.keys()]),
    intersection: (a, b) => new Set([...a].filter((item) => b.has(item))),
    difference: (a, b) => new Set([...a].filter((item) => !b.has(item))),
    isSubsetOf: (a, b) => [...a].every((item) => b.has(item)),
  };
  for (const [name, work] of Object.entries(sets)) {
    add(Set.prototype, name, function (other) {
      return work(this, other);
    });
  }
  const iterators = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
  const lazily = {
    *map(work) {
      let index = 0;
      for (const item of this) yield work(item, index++);
    },
    *filter(keep) {
      let index = 0;
      for (const item of this) if (keep(item, index++)) yield item;
    },
    *take(count) {
      for (const item of this) {
        if (count-- <= 0) return;
        yield item;
      }
    },
  };
  for (const [name, work] of Object.entries(lazily)) add(iterators, name, work);
  for (const name of ['some', 'every', 'find', 'forEach', 'reduce']) {
    add(iterators, name, function (...args) {
      return [...this][name](...args);
    });
  }
  add(iterators, 'toArray', function () {
    return [...this];
  });
  if (typeof require !== 'function') return;
  add(globalThis, 'crypto', require('node:crypto').webcrypto);
  const table = Int32Array.from({ length: 256 }, (_, byte) => {
    for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
    return byte;
  });
  add(require('node:zlib'), 'crc32', (bytes, before = 0) => {
    let crc = ~before;
    for (const byte of bytes) crc = table[(crc ^ byte) & 0xff] ^ (crc >>> 8);
    return ~crc >>> 0;
  });
})();
