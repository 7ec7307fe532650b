// TensorFlow.js: plain SGD on slices of the rows, in order. Usage: tfjs.mjs CASE cpu|wasm.
import { blobs, requirePeer, serve, variant, which } from "./serve.mjs";

const tf = requirePeer("@tensorflow/tfjs");
if (variant === "wasm") requirePeer("@tensorflow/tfjs-backend-wasm").setThreadsCount(1);
await tf.setBackend(variant);
await tf.ready();

const { layers, batch, rate } = which;
const rows = Math.min(which.rows, 8 * batch);
const { x, y } = blobs({ ...which, rows });
const features = tf.tensor2d(x, [rows, layers[0]]);
const targets = tf.oneHot(tf.tensor1d(y, "int32"), layers.at(-1)).toFloat();
const model = tf.sequential();
layers.slice(1).forEach((units, l) => {
  const activation = l < layers.length - 2 ? "relu" : "linear";
  model.add(tf.layers.dense({ units, activation, inputShape: l === 0 ? [layers[0]] : undefined }));
});
const optimizer = tf.train.sgd(rate);
let start = 0;

await serve(() => {
  const loss = tf.tidy(() =>
    optimizer.minimize(() => {
      const logits = model.apply(features.slice([start, 0], [batch, layers[0]]), { training: true });
      return tf.losses.softmaxCrossEntropy(targets.slice([start, 0], [batch, layers.at(-1)]), logits);
    }, true),
  );
  loss.dataSync();
  loss.dispose();
  start = start + 2 * batch > rows ? 0 : start + batch;
  return batch;
});
