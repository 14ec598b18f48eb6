// What the sources use of the language and Node 20 does not have yet. The bundle starts with it; newer Nodes keep their own.

/** Gives a built-in a function that it lacks. */
const lend = (to, name, value) => name in to || Object.defineProperty(to, name, { value, writable: true, configurable: true });

const grouped = (items, keyOf) => {
  const groups = new Map();
  let index = 0;
  for (const item of items) {
    const key = keyOf(item, index++);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
};
lend(Map, 'groupBy', grouped);
lend(Object, 'groupBy', (items, keyOf) => Object.assign(Object.create(null), Object.fromEntries(grouped(items, keyOf))));

lend(Promise, 'withResolvers', () => {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
});

const lazily = {
  *map(give) {
    let index = 0;
    for (const item of this) yield give(item, index++);
  },
  *filter(keeps) {
    let index = 0;
    for (const item of this) if (keeps(item, index++)) yield item;
  },
  *flatMap(give) {
    let index = 0;
    for (const item of this) yield* give(item, index++);
  },
  *take(count) {
    let left = count;
    for (const item of this) {
      if (left-- <= 0) return;
      yield item;
    }
  },
  *drop(count) {
    let left = count;
    for (const item of this) if (left-- <= 0) yield item;
  },
};
const iterators = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
for (const [name, value] of Object.entries(lazily)) lend(iterators, name, value);
lend(iterators, 'toArray', function () {
  return [...this];
});
for (const name of ['some', 'every', 'find', 'reduce', 'forEach']) {
  lend(iterators, name, function (...args) {
    return [...this][name](...args);
  });
}

const sets = {
  union: (one, other) => [...one, ...other.keys()],
  intersection: (one, other) => [...one].filter((item) => other.has(item)),
  difference: (one, other) => [...one].filter((item) => !other.has(item)),
};
for (const [name, items] of Object.entries(sets)) {
  lend(Set.prototype, name, function (other) {
    return new Set(items(this, other));
  });
}
lend(Set.prototype, 'isSubsetOf', function (other) {
  return [...this].every((item) => other.has(item));
});
lend(Set.prototype, 'isDisjointFrom', function (other) {
  return ![...this].some((item) => other.has(item));
});
