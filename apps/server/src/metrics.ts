import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

interface RequestSample {
  procedure: string;
  method: string;
  status: number;
  seconds: number;
}

export interface Metrics {
  request: (sample: RequestSample) => void;
  /** A number that is read when Prometheus asks. */
  gauge: (name: string, help: string, read: () => number) => void;
  contentType: string;
  text: () => Promise<string>;
}

/** Prometheus metrics of this process. Labels are closed sets: procedures, methods, statuses. */
export function createMetrics(): Metrics {
  const registry = new Registry();
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
  return {
    request({ procedure, method, status, seconds }) {
      requests.inc({ procedure, method, status });
      durations.observe({ procedure }, seconds);
    },
    gauge(name, help, read) {
      const gauge: Gauge = new Gauge({ name, help, registers: [registry], collect: () => gauge.set(read()) });
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
