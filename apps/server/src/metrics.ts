import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

interface RequestSample {
  procedure: string;
  method: string;
  status: number;
  seconds: number;
}

/** A number, or one for each value of the label: a closed set. */
type Read = () => number | Record<string, number>;

/** Names are given without what begins all of them, `taskmaster_`. */
export interface Metrics {
  request: (sample: RequestSample) => void;
  /** What is read when Prometheus asks. */
  gauge: (name: string, help: string, read: Read, label?: string) => void;
  /** A count since the start of the process, read in the same way. */
  counter: (name: string, help: string, read: Read, label?: string) => void;
  /** Returns what adds a value to it. */
  histogram: (name: string, help: string, buckets: number[]) => (value: number) => void;
  contentType: string;
  text: () => Promise<string>;
  /** The same, for a process that shows the metrics of several. */
  json: () => Promise<object[]>;
}

/** Prometheus metrics of this process, each with `labels`. Other labels are closed sets: procedures, methods, statuses. */
export function createMetrics(labels: Readonly<Record<string, string>> = {}): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels(labels);
  collectDefaultMetrics({ register: registry });
  const labelNames = ['procedure', 'method', 'status'] as const;
  const requests = new Counter({
    name: 'taskmaster_http_requests_total',
    help: 'Answered requests',
    labelNames,
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'taskmaster_http_request_duration_seconds',
    help: 'From the arrival of a request to the end of its answer',
    labelNames: ['procedure'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const common = (name: string, help: string, label?: string) => ({
    name: `taskmaster_${name}`,
    help,
    registers: [registry],
    labelNames: label === undefined ? [] : [label],
  });
  return {
    request({ procedure, method, status, seconds }) {
      requests.inc({ procedure, method, status });
      durations.observe({ procedure }, seconds);
    },
    gauge(name, help, read, label) {
      const gauge: Gauge = new Gauge({
        ...common(name, help, label),
        collect: () => each(read(), label, (labels, value) => gauge.set(labels, value)),
      });
    },
    counter(name, help, read, label) {
      const counter: Counter = new Counter({
        ...common(name, help, label),
        collect() {
          counter.reset();
          each(read(), label, (labels, value) => counter.inc(labels, value));
        },
      });
    },
    histogram(name, help, buckets) {
      const histogram = new Histogram({ ...common(name, help), buckets });
      return (value) => histogram.observe(value);
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
    json: () => registry.getMetricsAsJSON(),
  };
}

function each(
  values: number | Record<string, number>,
  label: string | undefined,
  tell: (labels: Record<string, string>, value: number) => void,
): void {
  if (typeof values === 'number') tell({}, values);
  else for (const [key, value] of Object.entries(values)) tell({ [label ?? 'key']: key }, value);
}
