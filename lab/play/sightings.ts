import type { Sighting } from '../probe/probe.ts';
import type { Expectation, Probe } from '../vocabulary.ts';
import { placeText } from './lines.ts';

/** A probe in words: `pod default/web-a → 10.100.41.2 tcp/8080 1450 bytes DF`. */
export function probeText(probe: Probe): string {
  const port = probe.port === undefined ? '' : `/${probe.port}`;
  const size = probe.size === undefined ? '' : ` ${probe.size} bytes`;
  const sport = probe.sport === undefined ? '' : ` from port ${probe.sport}`;
  return `${placeText(probe.from)} → ${probe.to} ${probe.protocol}${port}${size}${probe.df === true ? ' DF' : ''}${sport}`;
}

/** Whether what was seen is what a broken cluster must show. */
export const isBroken = ({ broken }: Expectation, { observed }: Sighting): boolean =>
  broken === 'fails' ? observed !== 'answers' : observed === broken;

export const sightingText = ({ observed, how, afterMs }: Sighting): string => `${observed} (${how}, ${afterMs} ms)`;

/** Probes that did not see what they should have, each in words. */
export function complaints(probes: readonly Expectation[], seen: readonly Sighting[], phase: 'healthy' | 'broken'): readonly string[] {
  return probes.flatMap((probe, at) => {
    const sighting = seen[at];
    if (sighting === undefined) return [`${probeText(probe)}: not measured`];
    const right = phase === 'healthy' ? sighting.observed === 'answers' : isBroken(probe, sighting);
    const wanted = phase === 'healthy' ? 'answers' : probe.broken;
    return right ? [] : [`${probeText(probe)}: ${sightingText(sighting)}, not ${wanted}`];
  });
}
