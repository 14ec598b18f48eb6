import type { Diagnosis, Finding } from '#engine/finding';
import { definitionOf } from '#engine/preview';
import { subjectText } from '#engine/subject';
import type { Language } from '#engine/words';
import type { Facts } from '#facts/facts';
import type { Origin } from '#snapshot/origin';
import { placeJson } from './origin-json.ts';
import type { Quote } from './quote.ts';

/** The diagnosis as plain data: docs/schemas/diagnosis.schema.json. */
export function diagnosisJson(diagnosis: Diagnosis, facts: Facts, quote: Quote, language: Language = 'en'): unknown {
  return {
    findings: diagnosis.findings.map((finding) => findingJson(finding, facts, quote, language)),
    unexplained: diagnosis.unexplained.map(({ check, says, bracket }) => ({ check: check.id, says, bracket })),
    unknown: diagnosis.unknown.map(({ fault, subject, because }) => ({
      fault,
      subject,
      because: because.is === 'masked' ? { masked: because.by } : { gap: because.gaps.map(({ detail }) => detail) },
      capture: because.is === 'masked' ? [] : [...new Set(because.gaps.flatMap(({ capture }) => (capture === undefined ? [] : [capture])))],
    })),
    absent: diagnosis.absent.map(({ fault, subject, evidence }) => ({
      fault,
      subject,
      evidence: evidence.slice(0, 3).map((origin) => evidenceJson(origin, quote)),
    })),
    checks: diagnosis.checks.map(({ id, kind, from, answered, observed }) => ({
      id,
      kind,
      from,
      result: answered.result,
      probability: answered.probability,
      says: answered.says,
      ...(observed === undefined ? {} : { observed: observed.result }),
    })),
    coverage: diagnosis.coverage,
  };
}

function findingJson(finding: Finding, facts: Facts, quote: Quote, language: Language): unknown {
  const { fault, params } = finding;
  const words = fault.texts[language];
  return {
    fault: fault.id,
    area: fault.area,
    severity: fault.severity,
    subject: subjectText(finding.subject),
    status: finding.status,
    params,
    what: words.what(params),
    why: words.why(params),
    evidence: finding.evidence.map((origin) => evidenceJson(origin, quote)),
    excludes: finding.excludes.map(({ fault: id, subject, evidence }) => ({
      fault: id,
      subject,
      evidence: evidence.map((origin) => evidenceJson(origin, quote)),
    })),
    explains: finding.explains,
    counterfactual: finding.counterfactual,
    alternatives: finding.alternatives,
    breaks: finding.breaks,
    fix: {
      says: words.fix(params),
      steps: finding.fix.steps.map((action) => ({
        ...action,
        command: definitionOf(action).command(action),
        diff: definitionOf(action).diff(facts, action),
        rights: definitionOf(action).rights,
      })),
      manual: finding.fix.manual?.[language] ?? null,
      blast: finding.fix.blast[language],
      lasting: finding.fix.lasting?.[language] ?? null,
    },
  };
}

function evidenceJson(origin: Origin, quote: Quote): unknown {
  const line = quote(origin);
  return {
    ...placeJson(origin),
    ...(origin.edited === undefined ? {} : { edited: origin.edited.by }),
    ...(line === undefined ? {} : { quote: line }),
  };
}
