import type { SctpChunk, SctpChunkType, SctpHeader } from '../packet.ts';

/** Where an association is (enum sctp_conntrack). */
export type SctpState =
  | 'NONE'
  | 'CLOSED'
  | 'COOKIE_WAIT'
  | 'COOKIE_ECHOED'
  | 'ESTABLISHED'
  | 'SHUTDOWN_SENT'
  | 'SHUTDOWN_RECD'
  | 'SHUTDOWN_ACK_SENT'
  | 'HEARTBEAT_SENT';

type Direction = 'original' | 'reply';

/** The verification tag that packets of each direction carry; 0: none was heard of, `null`: nobody told. */
type Tags = Readonly<Record<Direction, number | null>>;

/** An association's state and tags (struct ip_ct_sctp). */
export type SctpTrack = {
  readonly state: SctpState;
  readonly tags: Tags;
  /** Which ends have sent an INIT since the last COOKIE_ACK (`init`); `null`: nobody told. */
  readonly began: Readonly<Record<Direction, boolean>> | null;
  /** Who sent a heartbeat with another tag, until it is answered (SCTP_FLAG_HEARTBEAT_VTAG_FAILED, last_dir). */
  readonly doubted: Direction | 'not told' | null;
};

/** What a packet does to the association: it passes, or is no part of it; what chunks before the wrong one did stays done. */
export type SctpStep = { readonly is: 'taken' | 'invalid'; readonly track: SctpTrack; readonly assures: boolean; readonly renews: boolean };

/** What is asked where the kernel's version or a captured entry does not tell it. */
export type Doubt = {
  /** Whether a tag that nobody told is the packet's. */
  readonly isTag: () => boolean;
  /** Whether the tag that an INIT_ACK asks for fits what nobody told. */
  readonly isAsked: () => boolean;
  /** Whether the other end's heartbeat of another tag waits for its answer. */
  readonly isDoubted: () => boolean;
  /** Whether this kernel knows that both ends may begin at once. */
  readonly knowsCollision: () => boolean;
};

const STATES: readonly SctpState[] = [
  'NONE',
  'CLOSED',
  'COOKIE_WAIT',
  'COOKIE_ECHOED',
  'ESTABLISHED',
  'SHUTDOWN_SENT',
  'SHUTDOWN_RECD',
  'SHUTDOWN_ACK_SENT',
  'HEARTBEAT_SENT',
];

const NAMES: Readonly<Record<string, SctpState>> = {
  NO: 'NONE',
  CL: 'CLOSED',
  CW: 'COOKIE_WAIT',
  CE: 'COOKIE_ECHOED',
  ES: 'ESTABLISHED',
  SS: 'SHUTDOWN_SENT',
  SR: 'SHUTDOWN_RECD',
  SA: 'SHUTDOWN_ACK_SENT',
  HS: 'HEARTBEAT_SENT',
};

type Rows = Partial<Readonly<Record<SctpChunkType, string>>>;

/** The next state by direction, chunk and state in the order of `STATES` (net/netfilter/nf_conntrack_proto_sctp.c sctp_conntracks); other chunks change none. */
const TABLE: Readonly<Record<Direction, Rows>> = {
  original: {
    INIT: 'CL CL CW CE ES CL CL SA CW',
    INIT_ACK: 'CL CL CW CE ES SS SR SA CL',
    ABORT: 'CL CL CL CL CL CL CL CL CL',
    SHUTDOWN: 'CL CL CW CE SS SS SR SA CL',
    SHUTDOWN_ACK: 'SA CL CW CE ES SA SA SA SA',
    ERROR: 'CL CL CW CE ES SS SR SA CL',
    COOKIE_ECHO: 'CL CL CE CE ES SS SR SA CL',
    COOKIE_ACK: 'CL CL CW ES ES SS SR SA CL',
    SHUTDOWN_COMPLETE: 'CL CL CW CE ES SS SR CL CL',
    HEARTBEAT: 'HS CL CW CE ES SS SR SA HS',
    HEARTBEAT_ACK: 'CL CL CW CE ES SS SR SA HS',
  },
  reply: {
    INIT: 'IV CL CW CE ES SS SR SA IV',
    INIT_ACK: 'IV CW CW CE ES SS SR SA IV',
    ABORT: 'IV CL CL CL CL CL CL CL IV',
    SHUTDOWN: 'IV CL CW CE SR SS SR SA IV',
    SHUTDOWN_ACK: 'IV CL CW CE ES SA SA SA IV',
    ERROR: 'IV CL CW CL ES SS SR SA IV',
    COOKIE_ECHO: 'IV CL CE CE ES SS SR SA IV',
    COOKIE_ACK: 'IV CL CW ES ES SS SR SA IV',
    SHUTDOWN_COMPLETE: 'IV CL CW CE ES SS SR CL IV',
    HEARTBEAT: 'IV CL CW CE ES SS SR SA HS',
    HEARTBEAT_ACK: 'IV CL CW CE ES SS SR SA ES',
  },
};

/** Steps that only kernels take which know that both ends may begin at once; others stay where they are. */
const isOfCollision = (direction: Direction, chunk: SctpChunkType, state: SctpState): boolean =>
  (direction === 'original' && chunk === 'COOKIE_ACK' && state === 'COOKIE_ECHOED') ||
  (direction === 'reply' && chunk === 'COOKIE_ECHO' && state === 'COOKIE_WAIT');

function after(direction: Direction, chunk: SctpChunkType, state: SctpState, { knowsCollision }: Doubt): SctpState | 'invalid' {
  const row = TABLE[direction][chunk];
  if (row === undefined || (isOfCollision(direction, chunk, state) && !knowsCollision())) return state;
  return NAMES[row.split(' ')[STATES.indexOf(state)] ?? ''] ?? 'invalid';
}

const ALONE: ReadonlySet<SctpChunkType> = new Set<SctpChunkType>(['INIT', 'INIT_ACK', 'SHUTDOWN_COMPLETE']);
const FIRST: ReadonlySet<SctpChunkType> = new Set<SctpChunkType>(['COOKIE_ACK', 'COOKIE_ECHO']);
/** Chunks that have a rule of their own for their tag; a packet without any of them has its direction's (sec. 8.5.1). */
const OF_THEIR_OWN: ReadonlySet<SctpChunkType> = new Set<SctpChunkType>([
  'INIT',
  'SHUTDOWN_COMPLETE',
  'COOKIE_ECHO',
  'ABORT',
  'SHUTDOWN_ACK',
  'HEARTBEAT',
  'HEARTBEAT_ACK',
]);
/** Chunks that nobody begins with. */
const NEVER_FIRST: ReadonlySet<SctpChunkType> = new Set<SctpChunkType>(['ABORT', 'SHUTDOWN_COMPLETE', 'COOKIE_ACK']);
/** The T bit: the sender has no association, and repeats the other end's tag. */
export const REFLECTED = 1;

/** Whether chunks may stand together so (do_basic_checks). */
const isWellFormed = ({ chunks }: SctpHeader): boolean =>
  chunks.length > 0 &&
  chunks.every(({ type }, at) => at === 0 || !FIRST.has(type)) &&
  !chunks.slice(1).some((_, at) => chunks.slice(0, at + 2).some(({ type }) => ALONE.has(type)));

const NOBODY = { original: false, reply: false };
const NEW: SctpTrack = { state: 'NONE', tags: { original: 0, reply: 0 }, began: NOBODY, doubted: null };

/** A packet of which nobody told what it says opens an association. */
const OPENING: SctpHeader = { tag: 0, chunks: [{ type: 'INIT' }] };
export const sctpOf = ({ sctp }: { readonly sctp?: SctpHeader }): SctpHeader => sctp ?? OPENING;

/** The association that a packet begins, or nothing where none can begin so (sctp_new, then as any packet of it). */
export function sctpOpens(header: SctpHeader, doubt: Doubt): SctpTrack | undefined {
  const { tag, chunks } = header;
  if (!isWellFormed(header) || chunks.some(({ type }) => NEVER_FIRST.has(type))) return undefined;
  let tags: Tags = NEW.tags;
  for (const { type, initiateTag = null } of chunks) {
    if (TABLE.original[type] === undefined || (type === 'INIT' && tag !== 0)) return undefined;
    if (type === 'INIT') tags = { ...tags, reply: initiateTag };
    else if (type === 'HEARTBEAT') tags = { ...tags, original: tag };
    // whether others leave theirs depends on the kernel's version; what then is asked for it begins with another tag
    else if (type === 'SHUTDOWN_ACK' || tag === 0) tags = { ...tags, reply: tag };
    else tags = { ...tags, reply: null };
  }
  const step = sctpStep({ ...NEW, tags }, header, 'original', doubt);
  return step.is === 'taken' ? step.track : undefined;
}

/** Where a chunk was no part of the association. */
const wrong = (track: SctpTrack, assures: boolean): SctpStep => ({ is: 'invalid', track, assures, renews: false });

/**
 * What a further packet does (nf_conntrack_sctp_packet). A heartbeat with another tag, and who asks again for an association that is closed,
 * pass and renew nothing.
 */
export function sctpStep(track: SctpTrack, header: SctpHeader, direction: Direction, doubt: Doubt): SctpStep {
  const { tag, chunks } = header;
  const isPlain = !chunks.some(({ type }) => OF_THEIR_OWN.has(type));
  const own = isPlain ? carrying(track, direction, tag, doubt) : track;
  if (!isWellFormed(header) || own === undefined) return wrong(track, false);
  let [now, assures, isOverlooked, renews] = [own, false, false, true];
  for (const chunk of chunks) {
    const heard = tagged(now, header, chunk, direction, { ...doubt, isOverlooked });
    if (heard === undefined) return wrong(now, assures);
    if (heard === 'overlooked') {
      now = { ...now, doubted: direction };
      [isOverlooked, renews] = [true, false];
      continue;
    }
    const state = after(direction, chunk.type, heard.state, doubt);
    if (state === 'invalid') return wrong(heard, assures);
    if (chunk.type === 'INIT_ACK' && !isFitting(heard, chunk, direction, doubt)) return wrong(heard, assures);
    if (chunk.type === 'INIT' && heard.state === 'CLOSED' && state === 'CLOSED') renews = false;
    assures ||= state === 'ESTABLISHED' && heard.state !== 'ESTABLISHED';
    now = { ...heard, state, tags: announced(heard.tags, chunk, direction), began: begun(heard, chunk, direction) };
  }
  return { is: 'taken', track: now, assures, renews };
}

/** The association of a packet that carries the tag of a direction, which is known from then on; nothing where it carries another. */
function carrying(track: SctpTrack, direction: Direction, tag: number, { isTag }: Doubt): SctpTrack | undefined {
  const known = track.tags[direction];
  if (known !== null) return known === tag ? track : undefined;
  return isTag() ? { ...track, tags: { ...track.tags, [direction]: tag } } : undefined;
}

const other = (direction: Direction): Direction => (direction === 'original' ? 'reply' : 'original');

/** An INIT and its answer tell the tag of what goes the other way. */
const announced = (tags: Tags, { type, initiateTag }: SctpChunk, direction: Direction): Tags =>
  type === 'INIT' || type === 'INIT_ACK' ? { ...tags, [other(direction)]: initiateTag ?? null } : tags;

/** Who has sent an INIT: where both had, the other one's counts no more; a COOKIE_ACK ends it for both. */
function begun({ began }: SctpTrack, { type }: SctpChunk, direction: Direction): SctpTrack['began'] {
  if (type === 'COOKIE_ACK') return NOBODY;
  if (type !== 'INIT' || began === null) return began;
  const isBoth = began.original && began.reply;
  return { ...(isBoth ? NOBODY : began), [direction]: true };
}

/**
 * Whether an INIT_ACK asks for the tag that its sender was already known to ask for: it must where nobody sent the INIT that it answers, and
 * where both ends sent one. Kernels that know nothing of both do not look.
 */
function isFitting(
  { tags, began }: SctpTrack,
  { initiateTag }: SctpChunk,
  direction: Direction,
  { knowsCollision, isAsked }: Doubt,
): boolean {
  const [far, known] = [other(direction), tags[other(direction)]];
  const isBound = began === null || (began[far] ? began[direction] : known !== 0);
  if (!isBound || initiateTag === undefined || initiateTag === known) return true;
  const isTold = began !== null && known !== null;
  return !knowsCollision() || (!isTold && isAsked());
}

/** The association after a chunk's own rule for its tag; nothing where that is broken, `overlooked` for a heartbeat that may come from another address. */
function tagged(
  track: SctpTrack,
  { tag, chunks }: SctpHeader,
  { type, flags = 0 }: SctpChunk,
  direction: Direction,
  doubt: Doubt & { readonly isOverlooked: boolean },
): SctpTrack | 'overlooked' | undefined {
  const { tags, doubted } = track;
  switch (type) {
    case 'INIT':
      return tag === 0 ? track : undefined;
    case 'ABORT':
    case 'SHUTDOWN_COMPLETE':
      return carrying(track, (flags & REFLECTED) === 0 ? direction : other(direction), tag, doubt);
    case 'COOKIE_ECHO':
      return carrying(track, direction, tag, doubt);
    case 'HEARTBEAT':
    case 'HEARTBEAT_ACK': {
      if (tags[direction] === 0) return { ...track, tags: { ...tags, [direction]: tag } };
      const own = carrying(track, direction, tag, doubt);
      if (own !== undefined) return { ...own, doubted: null };
      if (chunks.some((one) => one.type === 'DATA') || doubt.isOverlooked) return undefined;
      if (type === 'HEARTBEAT') return 'overlooked';
      if (doubted === 'not told' ? !doubt.isDoubted() : doubted !== other(direction)) return undefined;
      return { ...track, doubted: null, tags: { ...tags, [direction]: tag, [other(direction)]: 0 } };
    }
    default:
      return track;
  }
}

const isState = (text: string): text is SctpState => STATES.some((state) => state === text);

/** A captured entry's association by its state, as conntrack writes it, which tells no tags; nothing where no state was told, or one that only other kernels have. */
export const sctpFrom = (text: string | null | undefined): SctpTrack | null =>
  text !== null && text !== undefined && isState(text)
    ? { state: text, tags: { original: null, reply: null }, began: null, doubted: 'not told' }
    : null;
