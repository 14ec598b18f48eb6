import type { Disagreement, SceneReport } from '../job.ts';
import type { End } from './ends.ts';
import type { Loss, Losses } from './losses.ts';

/** How many packets ended for a reason of the model's (first) and of the kernel's (second). */
export type Reasons = Readonly<Record<string, number>>;

const NOTHING = 'nothing lost';

/** Reasons for which there never is a packet: a host asks for the route of what it sends itself first (net/ipv4/route.c ip_route_output_flow). */
const BEFORE_THE_PACKET: readonly string[] = ['IP_OUTNOROUTES'];

/** A reason that the kernel gives seconds later: the packet waits for its neighbour, and nobody for it (net/core/neighbour.c neigh_timer_handler). */
const AFTER_SECONDS: readonly string[] = ['NEIGH_FAILED'];
/** What waits so is thrown away earlier where others come behind it, of which only so many bytes may wait (__neigh_event_send, unres_qlen_bytes). */
const PUSHED_OUT = 'NEIGH_QUEUEFULL';

/** Reasons of the model's for which the kernel loses nothing while somebody looks. */
const SILENT: readonly string[] = [...BEFORE_THE_PACKET, ...AFTER_SECONDS];

/** What the kernel may call a reason of the model's. */
const reasonsOf = (code: string): readonly string[] => (AFTER_SECONDS.includes(code) ? [code, PUSHED_OUT] : [code]);

/** Compares for what reason packets ended; the report comes back without the ends, with what does not agree. */
export async function withReasons(report: SceneReport, losses: Pick<Losses, 'within'>): Promise<SceneReport> {
  const { ends = [], inodes = {}, ...rest } = report;
  if (ends.length === 0) return rest;
  const since = Math.min(...ends.map(({ during }) => during[0]));
  const until = Math.max(...ends.map(({ during }) => during[1]));
  const lost = await losses.within(new Set(Object.values(inodes)), since, until);
  const byLook = Map.groupBy(lost, ({ look }) => look);
  const names = new Map(Object.entries(inodes).map(([name, inode]) => [inode, name]));
  const reasons: Record<string, number> = {};
  const found: Disagreement[] = [];
  for (const end of ends) {
    const own = (byLook.get(end.look) ?? []).filter((loss) => isOf(loss, end));
    const { code, kernel, isSame } = judged(end, own);
    reasons[`${code} ${kernel}`] = (reasons[`${code} ${kernel}`] ?? 0) + 1;
    if (!isSame) found.push({ of: 'reason', conversation: end.conversation, says: differenceOf(end, own, names) });
  }
  return { ...rest, disagreements: [...rest.disagreements, ...found], ended: reasons };
}

const isOf = ({ at, id, conversation }: Loss, { id: own, tcp, during }: End): boolean =>
  at >= during[0] && at <= during[1] && (id === 0 ? conversation === tcp : id === own);

/** The two reasons that agree, or the first of each. */
function judged(
  { said, isRefused }: End,
  own: readonly Loss[],
): { readonly code: string; readonly kernel: string; readonly isSame: boolean } {
  const same = said.flatMap((one) => {
    const loss = own.find(({ inode, reason }) => inode === one.inode && reasonsOf(one.code).includes(reason));
    return loss === undefined ? [] : [{ code: one.code, kernel: loss.reason, isSame: true }];
  });
  if (same[0] !== undefined) return same[0];
  const silent = said.find((one) => SILENT.includes(one.code));
  const { code } = silent ?? said[0] ?? { code: '' };
  const [first] = own;
  if (first !== undefined) return { code, kernel: first.reason, isSame: false };
  return { code, kernel: NOTHING, isSame: isRefused || silent !== undefined };
}

function differenceOf({ look, said }: End, own: readonly Loss[], names: ReadonlyMap<number, string>): string {
  const kernel = own.map(({ inode, reason }) => `${reason} in ${names.get(inode)}`).join(', ');
  const model = said.map(({ netns, code, says }) => `${code} in ${netns} (${says})`).join(', or ');
  return `${look}: the kernel lost ${kernel === '' ? 'nothing' : `it for ${kernel}`}, in the model it ended for ${model}`;
}
