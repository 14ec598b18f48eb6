import type { FactOf } from '#facts/kinds';
import { errorLineIn } from '../error-line.ts';
import { defineFormat, type Input, lineOf, type Parsed, reading } from '../format.ts';
import { linesOf } from '../lines.ts';
import { redactedText } from '../redaction.ts';
import { bodyOf } from './body.ts';
import { unwrapped } from './envelope.ts';

type LogLine = FactOf<'log-line'>;

/** How much of one line is kept. */
const MAX_TEXT = 8192;

/** Where one klog line of a text whose line ends were lost begins. */
const NEXT_KLOG = / (?=[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{6} )/;

/** The component by what was run or by the file: `journalctl -u kubelet`, …/containers/kube-proxy-x7_kube-system_kube-proxy-….log. */
function componentOf(input: Input): string | undefined {
  const at = input.argv.findIndex((word) => word === '-u' || word === '--unit');
  const units = input.argv.filter((word) => word === '-u' || word === '--unit').length;
  if (units === 1 && at >= 0) return input.argv[at + 1]?.replace(/\.service$/, '');
  const path = input.argv.find((word) => word.startsWith('/')) ?? input.file;
  return /(?:^|[^a-z])(flanneld|kubelet|kube-proxy|dockerd|containerd|coredns|calico-node|etcd|kube-apiserver)(?:[^a-z]|$)/.exec(
    path.slice(-512),
  )?.[1];
}

function lineFact(line: string, input: Input, component: string | undefined, before: LogLine | undefined): Omit<LogLine, 'origin'> {
  const envelope = unwrapped(line, input.clock);
  const body = bodyOf(envelope?.body ?? line, input.clock);
  const text = redactedText((body?.text ?? envelope?.body ?? line).slice(0, MAX_TEXT));
  if (envelope === undefined && body === undefined) {
    // what a line without a header goes on with is the line before it
    return { component: before?.component ?? component, at: undefined, level: undefined, from: undefined, text };
  }
  return { component: envelope?.component ?? component, at: envelope?.at ?? body?.at, level: body?.level, from: body?.from, text };
}

/** Components that share their node's network: what their logs do not tell of the sender, the place of the log does. */
const ON_THE_NODE = new Set(['flanneld', 'kubelet', 'kube-proxy', 'dockerd', 'containerd', 'calico-node', 'etcd', 'kube-apiserver']);

/** The last error about each address and port; a pod's log that names no sender tells nothing of a place. */
function errorsIn(lines: readonly LogLine[]): readonly FactOf<'observation'>[] {
  const last = new Map<string, FactOf<'observation'>>();
  for (const { text, component, origin } of lines) {
    const error = errorLineIn(text);
    if (error === undefined || (error.from === undefined && !ON_THE_NODE.has(component ?? ''))) continue;
    last.set(JSON.stringify([error.by, error.from, error.to, error.port, error.protocol, error.standing]), { ...error, origin });
  }
  return [...last.values()];
}

const isHeaded = (line: string): boolean =>
  line.length < 65_536 && (unwrapped(line, undefined) !== undefined || bodyOf(line, undefined) !== undefined);

/** klog, journald (short and short-iso), CRI and Docker container logs, dockerd's logrus, etcd's zap, CoreDNS. */
export default defineFormat({
  id: 'log',
  is: "lines of components' logs (klog, journald, container logs)",
  tells: ['log-line', 'observation'],
  recognise: (head) => {
    const lines = linesOf(head).filter((line) => line.trim() !== '' && !line.startsWith('-- '));
    const hits = lines.filter(isHeaded);
    if (lines.length === 0) return 0;
    return hits.length === lines.length ? 0.9 : hits.length * 3 >= lines.length ? 0.7 : 0;
  },
  parse: (input): Parsed => {
    const facts: LogLine[] = [];
    const component = componentOf(input);
    for (const [index, whole] of linesOf(input.text).entries()) {
      if (
        whole.trim() === '' ||
        (whole.startsWith('# ') && facts.length === 0) ||
        /^-- (?:Logs|Journal|No entries|Boot|Reboot)/.test(whole)
      )
        continue;
      for (const line of /^[IWEF]\d{4} /.test(whole) ? whole.slice(0, 1_000_000).split(NEXT_KLOG) : [whole]) {
        facts.push({ ...lineFact(line.trim(), input, component, facts.at(-1)), origin: lineOf(input, index + 1) });
      }
    }
    return { readings: [reading('log-line', facts, []), reading('observation', errorsIn(facts), [])], problems: [] };
  },
});
