/** A table built once per partition (or fact) and shared by every world that holds it: a preview rebuilds only what it touched. */
export function memoised<K extends object, T>(build: (key: K) => T): (key: K) => T {
  const built = new WeakMap<K, T>();
  return (key) => {
    let table = built.get(key);
    if (table === undefined) {
      table = build(key);
      built.set(key, table);
    }
    return table;
  };
}
