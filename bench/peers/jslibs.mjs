// Networks in plain JavaScript: the same layers, each library trained the way its manual does it, at most one
// minibatch of rows a call. brain.js and synaptic step after every row, with squared errors of sigmoid or relu outputs.
// Usage: jslibs.mjs CASE brain|fnn|convnet|synaptic.
import { blobs, requirePeer, serve, variant, which } from "./serve.mjs";

const { layers, batch, rate } = which;
const inputs = layers[0];
const hidden = layers.slice(1, -1);
const { x, y } = blobs({ ...which, rows: batch });
const rows = Array.from({ length: batch }, (_, i) => Array.from(x.subarray(i * inputs, (i + 1) * inputs)));
const classes = Array.from(y);
const targets = classes.map((label) =>
  Array.from({ length: layers.at(-1) }, (_, k) => (k === label ? 1 : 0)),
);

const makers = {
  brain() {
    const { NeuralNetwork } = requirePeer("brain.js");
    const network = new NeuralNetwork({
      hiddenLayers: hidden,
      activation: "relu",
      learningRate: rate,
      inputSize: inputs,
      outputSize: layers.at(-1),
    });
    const data = rows.map((input, i) => ({ input, output: targets[i] }));
    // One iteration a call, and no error is small enough to end it early.
    return () => {
      network.train(data, { iterations: 1, errorThresh: 1e-12 });
      return batch;
    };
  },
  fnn() {
    const library = requirePeer("ml-fnn");
    const FeedForwardNeuralNetworks = library.default ?? library;
    // Every iteration is one step on all rows it is given; a call starts anew, so it gets several where they are short.
    const iterations = inputs < 100 ? 10 : 1;
    return () => {
      const options = { hiddenLayers: hidden, iterations, learningRate: rate, activation: "relu" };
      new FeedForwardNeuralNetworks(options).train(rows, classes);
      return batch * iterations;
    };
  },
  convnet() {
    const { Net, SGDTrainer, Vol } = requirePeer("convnetjs");
    const network = new Net();
    network.makeLayers([
      { type: "input", out_sx: 1, out_sy: 1, out_depth: inputs },
      ...hidden.map((units) => ({ type: "fc", num_neurons: units, activation: "relu" })),
      { type: "softmax", num_classes: layers.at(-1) },
    ]);
    const trainer = new SGDTrainer(network, { learning_rate: rate, momentum: 0, batch_size: batch });
    const volumes = rows.map((row) => Object.assign(new Vol(1, 1, inputs, 0), { w: Float64Array.from(row) }));
    return () => {
      for (let i = 0; i < batch; i++) trainer.train(volumes[i], classes[i]);
      return batch;
    };
  },
  synaptic() {
    const network = new (requirePeer("synaptic").Architect.Perceptron)(...layers);
    let i = 0;
    return () => {
      network.activate(rows[i]);
      network.propagate(rate, targets[i]);
      i = (i + 1) % batch;
      return 1;
    };
  },
};

await serve(makers[variant]());
