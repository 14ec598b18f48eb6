/** Where a fact was read: enough for a reader to look for himself. */
export type Origin = {
  /** The file inside the snapshot: `nodes/D/ip_route`. */
  readonly file: string;
  /** The line in it, counted from 1. */
  readonly line?: number;
  /** The path inside a JSON document: `items[3].spec.podCIDR`. */
  readonly path?: string;
  /** Set on a fact that a previewed change made: which action, and what it replaces. */
  readonly edited?: { readonly by: string; readonly was: Origin | undefined };
};

/** The origin as a person reads it: `nodes/D/ip_route:4`. */
export function originText(origin: Origin): string {
  if (origin.edited !== undefined) return `(${origin.edited.by})`;
  const place = origin.line === undefined ? '' : `:${origin.line}`;
  return `${origin.file}${place}${origin.path === undefined ? '' : `#${origin.path}`}`;
}

/** Whether two origins are the same place. */
export function sameOrigin(one: Origin, other: Origin): boolean {
  if (one.file !== other.file || one.line !== other.line || one.path !== other.path) return false;
  return JSON.stringify(one.edited) === JSON.stringify(other.edited);
}
