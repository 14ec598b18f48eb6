/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

type Operation = { readonly op: string; readonly path: string; readonly value?: Json };

const isRecord = (value: Json | undefined): value is { readonly [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A JSON merge patch (RFC 7386). */
export function merged(target: Json | undefined, patch: Json): Json {
  if (!isRecord(patch)) return patch;
  const base = isRecord(target) ? target : {};
  const changed = Object.entries(patch).map(([name, value]) => [name, value === null ? undefined : merged(base[name], value)] as const);
  const left = Object.entries({ ...base, ...Object.fromEntries(changed) }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(left) as Json;
}

/** A JSON patch (RFC 6902): add, replace, remove, test. */
export const patched = (target: Json, operations: readonly Operation[]): Json => operations.reduce(applied, target);

function applied(target: Json, operation: Operation): Json {
  const path = operation.path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (operation.op !== 'test') return at(target, path, operation);
  const there = path.reduce((now: unknown, part) => (typeof now === 'object' && now !== null ? Reflect.get(now, part) : undefined), target);
  if (JSON.stringify(there) !== JSON.stringify(operation.value))
    throw new Error(`Error from server: testing ${operation.path} value failed`);
  return target;
}

function at(target: Json, [first, ...rest]: readonly string[], operation: Operation): Json {
  if (first === undefined) return operation.value ?? null;
  if (Array.isArray(target)) return inList(target, first, rest, operation);
  if (!isRecord(target)) throw new Error(`nothing at ${operation.path}`);
  if (rest.length === 0 && operation.op === 'remove') return Object.fromEntries(Object.entries(target).filter(([name]) => name !== first));
  return { ...target, [first]: rest.length === 0 ? (operation.value ?? null) : at(target[first] ?? null, rest, operation) };
}

function inList(list: readonly Json[], first: string, rest: readonly string[], operation: Operation): Json {
  const index = first === '-' ? list.length : Number(first);
  if (rest.length > 0) return list.with(index, at(list[index] ?? null, rest, operation));
  if (operation.op === 'remove') return list.toSpliced(index, 1);
  return operation.op === 'add' ? list.toSpliced(index, 0, operation.value ?? null) : list.with(index, operation.value ?? null);
}
