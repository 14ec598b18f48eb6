import { textAt } from '../document.ts';

/** The protocols of Service and container ports. */
export type Protocol = 'TCP' | 'UDP' | 'SCTP';

/** A port's protocol; TCP, the API server's default, where it names none. */
export const protocolOf = (value: unknown): Protocol | undefined => {
  const text = textAt(value, 'protocol') ?? 'TCP';
  return text === 'TCP' || text === 'UDP' || text === 'SCTP' ? text : undefined;
};
