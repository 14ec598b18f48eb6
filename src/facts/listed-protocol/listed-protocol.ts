import { defineKind, type Fact } from '../kind.ts';

/** A protocol beside TCP and UDP all of whose sockets a listing lists: without one its absence from a listing says nothing. */
export type ListedProtocol = Fact & { readonly protocol: 'sctp' };

export const listedProtocol = defineKind<ListedProtocol>()({
  id: 'listed-protocol',
  is: 'a protocol beside TCP and UDP whose sockets were listed too',
  key: ({ protocol }) => protocol,
  capture: 'ss -tuanpieoSH',
});
