import type { NftQuota, NftRule, NftStatement, NftVerdict } from '#facts/nft/nft';
import type { Gap } from '#snapshot/gap';
import { originText } from '#snapshot/origin';
import { UNTRACKED } from '../conntrack/connection.ts';
import type { Rewrite } from '../iptables/effect.ts';
import type { LimitNote } from '../notes.ts';
import { sure } from '../odds.ts';
import { around } from '../rations.ts';
import { gapOf, type NftContext } from './context.ts';
import { changeSet } from './dynamic-set.ts';
import { evaluate } from './evaluate.ts';
import { heldTogether, type Step } from './joined.ts';
import { withinLimit } from './limit.ts';
import { matches } from './match.ts';
import { lengthOf } from './read-meta.ts';
import { queued } from '../queue/queue.ts';
import { rewriteOf } from './nat.ts';
import { rejection } from './reject.ts';
import { found } from './set.ts';
import { UNMODELLED_STATEMENTS } from './unmodelled.ts';
import type { Answer } from './value.ts';
import { tproxied } from './tproxy.ts';
import { write } from './write.ts';

/** What a statement did: the rule goes on, ends, or there is a verdict. */
export type Effect =
  | { readonly does: 'go on' }
  | { readonly does: 'break' }
  | { readonly does: 'count' }
  | { readonly does: 'change' }
  | { readonly does: 'verdict'; readonly verdict: NftVerdict }
  | { readonly does: 'reject'; readonly with: string }
  | { readonly does: 'unheard'; readonly says: string }
  | { readonly does: 'rewrite'; readonly rewrite: Rewrite }
  /** Whether the rule goes on is chance, or not known. */
  | { readonly does: 'ask'; readonly answer: Exclude<Answer, boolean> }
  | { readonly does: 'unknown'; readonly gap: Gap };

const GO_ON: Effect = { does: 'go on' };
const BREAK: Effect = { does: 'break' };

/** Runs one statement on the packet. */
export function execute(context: NftContext, statement: Step, rule: NftRule): Effect {
  switch (statement.does) {
    case 'joined':
      return answered(heldTogether(context, statement));
    case 'match':
      return answered(matches(context, statement));
    case 'vmap':
      return mappedVerdict(context, statement);
    case 'verdict':
      return { does: 'verdict', verdict: statement.verdict };
    case 'counter':
      return statement.name === null ? { does: 'count' } : GO_ON;
    case 'write':
      return written(context, statement);
    case 'nat':
      return translated(context, statement);
    case 'reject': {
      const kind = rejection(statement.with, context.family);
      // nft leaves out the condition that a reset has by itself
      const isOther = kind === 'tcp-reset' && context.packet.tcp === null;
      return kind === undefined || isOther ? BREAK : { does: 'reject', with: kind };
    }
    case 'limit':
      return answered(withinLimit(context, statement, rule));
    case 'quota':
      return quota(context, statement, rule);
    case 'element':
      if (statement.limited) return { does: 'ask', answer: gapOf(context, `a limit of its own in @${statement.set}`) };
      return changed(changeSet(context, statement));
    case 'notrack':
      untracked(context);
      return GO_ON;
    case 'flow':
      return offloaded(context);
    default:
      return rare(context, statement);
  }
}

/** A packet that has no connection is not given one; neither is one that fits none (nft_notrack_eval). */
function untracked(context: NftContext): void {
  const { track } = context;
  if (track === null || (track.connection === null && track.zone === undefined)) context.track = UNTRACKED;
}

const changed = (done: ReturnType<typeof changeSet>): Effect =>
  typeof done === 'object' ? { does: 'ask', answer: done } : done === 'break' ? BREAK : GO_ON;

const diverted = (taken: Answer): Effect => (taken === true ? { does: 'change' } : answered(taken));

function answered(answer: Answer): Effect {
  if (typeof answer !== 'boolean') return { does: 'ask', answer };
  return answer ? GO_ON : BREAK;
}

function mappedVerdict(context: NftContext, { key, data }: Extract<NftStatement, { does: 'vmap' }>): Effect {
  const entry = found(context, key, data, evaluate);
  if (entry === 'break') return BREAK;
  if ('gap' in entry) return { does: 'unknown', gap: entry.gap };
  const verdict = entry.data;
  if (typeof verdict !== 'object' || verdict?.is !== 'verdict')
    return { does: 'unknown', gap: gapOf(context, 'a verdict map without a verdict').gap };
  return verdict.verdict === 'continue' ? GO_ON : { does: 'verdict', verdict };
}

function written(context: NftContext, statement: Extract<NftStatement, { does: 'write' }>): Effect {
  const done = write(context, statement);
  if (typeof done === 'object') return { does: 'unknown', gap: done.gap };
  return done === 'break' ? BREAK : { does: 'change' };
}

function translated(context: NftContext, statement: Extract<NftStatement, { does: 'nat' }>): Effect {
  const rewrite = rewriteOf(context, statement);
  if (rewrite === 'break') return BREAK;
  return 'gap' in rewrite ? { does: 'unknown', gap: rewrite.gap } : { does: 'rewrite', rewrite };
}

type Quota = Extract<NftStatement, { does: 'quota' }>;

/** What is left of a quota: what the capture shows, less what the run's packets took (net/netfilter/nft_quota.c nft_quota_do_eval). */
function quota(context: NftContext, statement: Quota, rule: NftRule): Effect {
  const { quota: named } = statement;
  const own = typeof named === 'string' ? context.table.objects.find(({ of, name }) => of === 'quota' && name === named)?.quota : named;
  if (own == null)
    return { does: 'ask', answer: gapOf(context, `the quota ${typeof named === 'string' ? named : ''} was not read`, 'not collected') };
  const length = lengthOf(context);
  if ('gap' in length) return { does: 'ask', answer: length };
  const key =
    typeof named === 'string'
      ? `${context.table.family} ${context.table.name} quota ${named}`
      : `${originText(rule.origin)} ${rule.statements.indexOf(statement)}`;
  const { least, most } = consumed(context, `${context.stack.key} ${key}`, own, Number(length[0]));
  // a quota that is just used up is over to some kernels, and not to others since 6.16
  if (least <= 0 && most >= 0)
    return { does: 'ask', answer: gapOf(context, 'the packet may use up the quota to the last byte (nft_quota.c nft_overquota)') };
  return most < 0 === own.over ? GO_ON : BREAK;
}

/** What is left of a quota behind a packet, which adds its bytes also where they are too many: at least and at most. */
function consumed({ run }: NftContext, key: string, { bytes, used }: NftQuota, length: number): Pick<LimitNote, 'least' | 'most'> {
  const { notes } = run;
  const left = bytes - used;
  const atReading: LimitNote = { least: left, most: left, at: 0, limit: { perMs: 0, burst: left, top: left } };
  const before = around((notes.limits().get(key) ?? sure(null)).map(({ is }) => is ?? atReading));
  const behind = { ...before, least: before.least - length, most: before.most - length };
  run.rounds.vary();
  notes.keepLimit(key, sure(behind));
  return behind;
}

/** A flowtable takes a connection that is in the table, TCP once it is open; else the rule ends (net/netfilter/nft_flow_offload.c nft_flow_offload_eval). */
function offloaded(context: NftContext): Effect {
  const connection = context.track?.connection ?? null;
  const { tcp } = context.packet;
  if (connection === null || !connection.confirmed || connection.offloaded === true) return BREAK;
  if (connection.protocol !== 'tcp' && connection.protocol !== 'udp') return BREAK;
  // an error about a connection of TCP is read as if it were TCP itself
  if (connection.protocol === 'tcp' && tcp === null) return { does: 'ask', answer: gapOf(context, UNMODELLED_STATEMENTS.flow) };
  const isEnding = tcp !== null && (tcp.fin || tcp.rst);
  if (tcp !== null && !isEnding && connection.tcp?.state === 'ESTABLISHED' && connection.assured === null)
    return { does: 'ask', answer: gapOf(context, UNMODELLED_STATEMENTS.flow) };
  const isOpen = connection.tcp?.state === 'ESTABLISHED' && connection.assured === true;
  if (tcp !== null && (!isOpen || isEnding)) return BREAK;
  connection.offloaded = true;
  context.run.touch();
  return GO_ON;
}

/** To a program in user space, or to one of several queues by a hash (net/netfilter/nft_queue.c nft_queue_eval). */
function handed(context: NftContext, { range, bypass }: Extract<NftStatement, { does: 'queue' }>): Effect {
  if (range === null) return { does: 'unknown', gap: gapOf(context, UNMODELLED_STATEMENTS.queue).gap };
  const fate = queued(context.stack, { first: range[0], last: range[1], bypass });
  if (fate.is === 'accept') return { does: 'verdict', verdict: { is: 'verdict', verdict: 'accept', chain: null } };
  return fate.is === 'gap' ? { does: 'unknown', gap: fate.gap } : { does: 'unheard', says: `${fate.queues}: ${fate.why}` };
}

function rare(context: NftContext, statement: NftStatement): Effect {
  const unknown = (detail: string): Effect => ({ does: 'unknown', gap: gapOf(context, detail).gap });
  switch (statement.does) {
    case 'queue':
      return handed(context, statement);
    case 'fwd':
      return unknown(UNMODELLED_STATEMENTS.fwd);
    case 'tproxy':
      return diverted(tproxied(context, statement));
    case 'synproxy':
      return context.packet.tcp === null ? BREAK : unknown(UNMODELLED_STATEMENTS.synproxy);
    case 'unknown':
      return { does: 'ask', answer: gapOf(context, `not understood: ${statement.text.slice(0, 120)}`) };
    case 'object':
      // a policy of timeouts changes only what comes later
      return statement.of === 'ct timeout' && context.run.at > 0 ? unknown(UNMODELLED_STATEMENTS.timeout) : GO_ON;
    default:
      // log, last, dup and helpers leave the packet as it is
      return GO_ON;
  }
}
