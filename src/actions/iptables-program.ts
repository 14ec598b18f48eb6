import type { Scope } from '#snapshot/scope';
import type { World } from '#world/world';
import { tryIn } from './run-in.ts';

/** Which rules are meant: a family, and the kernel machinery that holds them. */
export type Rules = { readonly family: 4 | 6; readonly backend: 'legacy' | 'nft' | null };

/** What `iptables -V` says of itself; releases before 1.8 say nothing and are legacy. */
const backendIn = (version: string): 'legacy' | 'nft' => (version.includes('nf_tables') ? 'nft' : 'legacy');

/** The program on this node that speaks to the wanted backend: by its own name, or `iptables` where it is that one. */
export async function iptablesProgram(on: Scope, { family, backend }: Rules, world: World): Promise<string> {
  const plain = family === 6 ? 'ip6tables' : 'iptables';
  if (backend === null) return plain;
  const named = `${plain}-${backend}`;
  if ((await tryIn(on, [named, '-V'], world)) !== undefined) return named;
  const version = await tryIn(on, [plain, '-V'], world);
  if (version !== undefined && backendIn(version) === backend) return plain;
  throw new Error(`${on.node} has no ${plain} of the ${backend} backend`);
}
