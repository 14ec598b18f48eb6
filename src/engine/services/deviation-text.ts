import type { Deviating } from './deviation.ts';

/** A deviation in a sentence. */
export function deviationText({ node, front, source, wanted, deviation }: Deviating): string {
  const who = source.is === 'outside' ? source.address : source.is === 'pod' ? `pods of ${node}` : node;
  const where = `${front.name} at ${front.address}:${front.port}/${front.protocol} (${front.kind})`;
  switch (deviation.is) {
    case 'not programmed':
      return `no rule of ${node} leads ${who} to ${where}: ${wanted.because}`;
    case 'refused':
      return `the rules of ${node} ${deviation.how === 'rejected' ? 'reject' : 'drop'} what ${who} sends to ${where}, though it has endpoints`;
    case 'stale endpoint':
      return `the rules of ${node} lead ${who} from ${where} to ${deviation.address}:${deviation.port}, which is no endpoint for it`;
    case 'missing endpoint':
      return `the rules of ${node} never lead ${who} from ${where} to its endpoint ${deviation.backend.address}:${deviation.backend.port}`;
    case 'answered':
      return `the rules of ${node} lead ${who} from ${where} somewhere, though it should ${deviation.should}: ${wanted.because}`;
    case 'not refused':
      return `${where} should ${deviation.should} (${wanted.because}), and on ${node} packets of ${who} are ${deviation.how}`;
    case 'affinity':
      return `by the rules of ${node} for ${where}: clients stay with an endpoint ${lasting(deviation.seconds)}, not ${lasting(deviation.shouldBe)}`;
    case 'health port closed':
      return `the rules of ${node} do not let a balancer in at healthCheckNodePort ${deviation.port} of ${deviation.of}`;
    case 'uneven':
      return `the rules of ${node} lead ${who} from ${where} to ${deviation.address} in ${percent(deviation.share)} of connections, not ${percent(deviation.should)}`;
  }
}

const lasting = (seconds: number | null): string => (seconds === null ? 'not at all' : `for ${seconds} s`);

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
