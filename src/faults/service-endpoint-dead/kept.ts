import type { KeptClient, ServedEndpoint } from '#dataplane/served-endpoints';

/** Clients that session affinity leads back to an endpoint, and for how long after their last packet. */
export type Keeping = {
  readonly services: readonly string[];
  readonly seconds: number;
  /** Whom the nodes' lists hold, where they were read. */
  readonly clients: readonly KeptClient[];
};

/** How the Services of some endpoints keep their clients; nothing where none does. */
export function keepingOf(endpoints: readonly ServedEndpoint[]): Keeping | null {
  const keeping = endpoints.flatMap(({ kept, service }) => (kept === null ? [] : [{ ...kept, service }]));
  const [first] = keeping;
  if (first === undefined) return null;
  return {
    services: [...new Set(keeping.map(({ service }) => service))],
    seconds: first.seconds,
    clients: keeping.flatMap(({ clients }) => clients),
  };
}
