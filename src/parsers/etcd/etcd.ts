import { isFlannelKey } from '../flannel.ts';
import { defineFormat, type Input, type Parsed, type Problem, type Reading } from '../format.ts';
import { linesOf } from '../lines.ts';
import { answerOf, documentsOf } from './json.ts';
import { type Answer, flannelOf } from './keys.ts';
import { refusalJson, refusalText } from './refusal.ts';
import { fieldsAnswer, simpleAnswer, v2Answer } from './text.ts';

const JSON_ANSWER = /^\s*\{"(?:header":\{"cluster_id|cluster_id":\d|action":"\w+","node"|errorCode":\d|error":"[^"]*","(?:message|code)")/;

const FIELDS = /^"(?:ClusterID|Key)" : /m;

const isJson = (text: string): boolean => /^\s*(?:#[^\n]*\n\s*)*\{"(?:header|cluster_id|action|errorCode|error)"/.test(text.slice(0, 4096));

function json(input: Input): Parsed {
  const readings: Reading[] = [];
  const problems: Problem[] = [];
  const documents = documentsOf(input.text);
  if (documents.length === 0) problems.push({ line: 1, why: 'the body is cut off or no JSON' });
  for (const { value, line } of documents) {
    const answer = answerOf(input, value);
    const parsed = answer === undefined ? refusalJson(value) : flannelOf(answer);
    if (parsed === undefined) problems.push({ line, why: 'no answer of etcd' });
    else {
      readings.push(...parsed.readings);
      problems.push(...parsed.problems);
    }
  }
  return { readings, problems };
}

function text(input: Input): Parsed {
  const answer = textAnswer(input);
  const refusal = answer.keys.length === 0 ? refusalText(input.text) : undefined;
  return refusal ?? flannelOf(answer);
}

function textAnswer(input: Input): Answer {
  if (FIELDS.test(input.text)) return fieldsAnswer(input);
  const lines = linesOf(input.text);
  if (lines.some((line) => line.startsWith('/') || line.startsWith('lease '))) return simpleAnswer(input);
  return v2Answer(input);
}

/** What etcd's HTTP APIs (v3 gateway, v2 keys) and etcdctl 2 and 3 print; only flannel's keys are kept. */
export default defineFormat({
  id: 'etcd',
  is: "flannel's leases and configuration as etcd's HTTP APIs and etcdctl tell them",
  tells: ['lease', 'flannel-config'],
  recognise: (head) => {
    if (JSON_ANSWER.test(head) || FIELDS.test(head)) return 0.98;
    const lines = linesOf(head).filter((line) => line !== '');
    if (lines.some((line) => line.startsWith('/') && isFlannelKey(line.split(' ', 1)[0] ?? ''))) return 0.95;
    if (/^(?:lease [0-9a-f]{1,16} (?:granted with TTL|already expired)|found \d+ leases$)/m.test(head)) return 0.98;
    if (/^Error: +(?:\d{3}: Key not found|client: etcd cluster is unavailable|context deadline exceeded|etcdserver: )/m.test(head))
      return 0.9;
    if (/^Key: \/\S+\nCreated-Index: \d/m.test(head)) return 0.98;
    return lines.length > 0 && lines.every((line) => /^\/[\w./&:-]+$/.test(line)) && lines.includes('/coreos.com')
      ? 0.9
      : leaseValueAlone(head);
  },
  parse: (input) => (isJson(input.text) ? json(input) : text(input)),
});

/** v2's plain `get` prints nothing but the value. */
const leaseValueAlone = (head: string): number => (/^\s*\{"PublicIP":"[^"]*",.*"BackendType":/.test(head) ? 0.9 : 0);
