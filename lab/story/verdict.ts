/** One finding, as far as a judge of the product needs it. */
export type Finding = {
  readonly fault: string;
  readonly subject: string;
  readonly status: string;
  readonly severity: string;
  /** The nodes on which its plan does something by itself; none when it is a plan for a person. */
  readonly fixedOn: readonly string[];
  /** Whether its plan restarts something, which nothing takes back. */
  readonly restarts: boolean;
  /** The kinds of its steps. */
  readonly does: readonly string[];
  /** Other candidates whose mend, previewed, mends the same. */
  readonly alternatives: readonly string[];
  /** The failing checks that pass under its previewed mend. */
  readonly explains: readonly string[];
  /** Those of them that pass only when others are mended too. */
  readonly jointly: readonly string[];
};

/** What `leadline diagnose -o json` said. */
export type Diagnosis = {
  readonly findings: readonly Finding[];
  readonly unexplained: readonly unknown[];
  readonly unknown: readonly { readonly fault: string; readonly subject: string; readonly because: string }[];
  /** What of the captures was not understood, or contradicts the rest of them. */
  readonly problems: readonly string[];
};

const record = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? { ...value } : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

/** Reads the product's JSON, which the lab trusts no more than any user's script would. */
export function readDiagnosis(json: string): Diagnosis {
  const all = record(JSON.parse(json));
  return {
    findings: list(all['findings']).map((one) => {
      const { fault, subject, status, severity, fix, alternatives, explains, counterfactual } = record(one);
      const steps = list(record(fix)['steps']).map(record);
      const nodes = steps.map((step) => text(record(step['on'])['node']));
      const does = [...new Set(steps.map((step) => text(step['do'])))];
      return {
        fault: text(fault),
        subject: text(subject),
        status: text(status),
        severity: text(severity),
        fixedOn: [...new Set(nodes)],
        restarts: does.includes('unit-restart'),
        does,
        alternatives: list(alternatives).map((other) => `${text(record(other)['fault'])} ${text(record(other)['subject'])}`),
        explains: list(explains).map(text),
        jointly: list(counterfactual)
          .map(record)
          .filter(({ together }) => list(together).length > 0)
          .map(({ check }) => text(check)),
      };
    }),
    unexplained: list(all['unexplained']),
    unknown: list(all['unknown']).map((one) => {
      const { fault, subject, because } = record(one);
      return { fault: text(fault), subject: text(subject), because: text(because) };
    }),
    problems: list(all['problems']).map((one) => {
      const { file, why } = record(one);
      return `${text(file)}: ${text(why)}`;
    }),
  };
}

export const findingText = ({ fault, subject, status }: Finding): string => `${fault} ${subject} (${status})`;

/** What is wrong with a diagnosis of a broken cluster: nothing when the cause is first, proved, and alone. */
export function judgeBroken(
  { findings }: Diagnosis,
  expected: { readonly fault: string; readonly subject: string; readonly besides: readonly string[]; readonly unproved?: string },
): readonly string[] {
  const [first, ...others] = findings;
  if (first === undefined) return [`nothing was found, not ${expected.fault} ${expected.subject}`];
  const wrong =
    first.fault === expected.fault && first.subject === expected.subject
      ? []
      : [`first is ${findingText(first)}, not ${expected.fault} ${expected.subject}`];
  const enough = expected.unproved === undefined ? first.status === 'proved' : first.status !== 'suspected';
  const unproved = enough ? [] : [`${findingText(first)} is not proved`];
  const tolerated = new Set([...expected.besides, `${expected.fault} ${expected.subject}`]);
  const false_ = others
    .filter(({ fault, subject }) => !tolerated.has(`${fault} ${subject}`))
    .map((one) => `false finding ${findingText(one)}`);
  return [...wrong, ...unproved, ...false_];
}

/** What is wrong with the other candidates: under the previewed mend of each of them, what the first one explains must still fail. */
export function judgeOthers({ findings: [first, ...others] }: Diagnosis): readonly string[] {
  if (first === undefined) return [];
  const mends = ({ explains, jointly }: Finding): readonly string[] =>
    explains.filter((check) => first.explains.includes(check) && !jointly.includes(check));
  return [
    ...first.alternatives.map((one) => `the mend of ${one} would do as well`),
    ...others.flatMap((one) => mends(one).map((check) => `the mend of ${findingText(one)} mends ${check} too`)),
  ];
}

/** What is wrong with a diagnosis of a cluster whose traffic works: errors, and checks that are said to fail. A warning may stand, and what a mend leaves. */
export const judgeHealthy = ({ findings, unexplained }: Diagnosis, left: readonly string[] = []): readonly string[] => [
  ...findings
    .filter(({ severity, fault, subject }) => severity !== 'warning' && !left.includes(`${fault} ${subject}`))
    .map((one) => `false finding ${findingText(one)}`),
  ...unexplained.map((one) => `said to fail, unexplained: ${text(record(one)['check'])}: ${text(record(one)['says'])}`),
];
