import type { Stack } from '#dataplane/stack';
import type { Packet } from '../packet.ts';

/** Who sent the packet of a run: what answers it meets that socket. `isSure` is false where nobody told whether an ordinary one did. */
export type Sender = { readonly stack: Stack; readonly sent: Packet; readonly isSure: boolean };
