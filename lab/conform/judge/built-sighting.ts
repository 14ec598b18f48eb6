import type { ModelHeader } from '../stage/model.ts';
import type { Header } from '../stage/wire.ts';

/** A datagram to a name server as the model tells it and as a tap saw it behind the first router: hand-made, for cases of the judge. */
export function datagram(source: string, destination: string): { readonly told: ModelHeader; readonly header: Header } {
  const ends = { source, destination, sport: 20_000, dport: 53 };
  return {
    told: { ...ends, protocol: 'udp', ttl: 64, mark: 0 },
    header: { ...ends, protocol: 17, ttl: 63, ident: 1, id: 1, length: 84 },
  };
}
