import type { Edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import type { Scope } from '#snapshot/scope';

const DEFAULT = '.default.';

/** The settings that the kernel gives a new device: copies of the namespace's defaults, and IPv6's copy of its MTU. */
export function newSettings(facts: Facts, scope: Scope, device: string, mtu: number): readonly Edit[] {
  const read = facts.seen('sysctl', scope);
  if (read.is === 'gap') return [];
  const own = `.${device.replaceAll('.', '/')}.`;
  const there = new Set(read.value.map(({ name }) => name));
  return read.value
    .filter(({ name }) => /^net\.ipv[46]\.(conf|neigh)\.default\.(?!gc_)/.test(name))
    .map((one) => ({ ...one, name: one.name.replace(DEFAULT, own) }))
    .filter(({ name }) => !there.has(name))
    .map((one): Edit => ({ op: 'put', kind: 'sysctl', scope, fact: one.name.endsWith('.mtu') ? { ...one, value: String(mtu) } : one }));
}
