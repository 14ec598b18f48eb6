import type { Packet } from '../packet.ts';

/** Whether a packet is a later piece of one, so that it has no header of its transport protocol. */
export const isLaterFragment = ({ fragment }: Packet): boolean => fragment !== undefined && fragment.offset > 0;
