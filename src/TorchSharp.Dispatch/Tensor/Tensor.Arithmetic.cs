using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor add(Tensor target) => Op.Call("add.Tensor", this, target);

        public Tensor add(Tensor target, Scalar alpha) => Op.Call("add.Tensor", this, target, alpha);

        public Tensor add(Scalar scalar) => Op.Call("add.Scalar", this, scalar);

        public Tensor add(Scalar scalar, Scalar alpha) => Op.Call("add.Scalar", this, scalar, alpha);

        public Tensor add_(Tensor target) => Op.InPlace("add_.Tensor", this, target);

        public Tensor add_(Tensor target, Scalar alpha) => Op.InPlace("add_.Tensor", this, target, alpha);

        public Tensor add_(Scalar scalar) => Op.InPlace("add_.Scalar", this, scalar);

        public Tensor sub(Tensor target) => Op.Call("sub.Tensor", this, target);

        public Tensor sub(Scalar scalar) => Op.Call("sub.Scalar", this, scalar);

        public Tensor sub_(Tensor target) => Op.InPlace("sub_.Tensor", this, target);

        public Tensor sub_(Scalar scalar) => Op.InPlace("sub_.Scalar", this, scalar);

        public Tensor subtract(Tensor target) => sub(target);

        public Tensor rsub(Scalar scalar) => Op.Call("rsub.Scalar", this, scalar);

        public Tensor mul(Tensor target) => Op.Call("mul.Tensor", this, target);

        public Tensor mul(Scalar scalar) => Op.Call("mul.Scalar", this, scalar);

        public Tensor mul_(Tensor target) => Op.InPlace("mul_.Tensor", this, target);

        public Tensor mul_(Scalar scalar) => Op.InPlace("mul_.Scalar", this, scalar);

        public Tensor multiply(Tensor target) => mul(target);

        public Tensor div(Tensor target) => Op.Call("div.Tensor", this, target);

        public Tensor div(Scalar target) => Op.Call("div.Scalar", this, target);

        public Tensor div_(Tensor target) => Op.InPlace("div_.Tensor", this, target);

        public Tensor div_(Scalar target) => Op.InPlace("div_.Scalar", this, target);

        public Tensor floor_divide(Tensor other) => Op.Call("floor_divide", this, other);

        public Tensor floor_divide(Scalar other) => Op.Call("floor_divide.Scalar", this, other);

        public Tensor remainder(Tensor other) => Op.Call("remainder.Tensor", this, other);

        public Tensor remainder(Scalar other) => Op.Call("remainder.Scalar", this, other);

        public Tensor fmod(Tensor target) => Op.Call("fmod.Tensor", this, target);

        public Tensor fmod(Scalar scalar) => Op.Call("fmod.Scalar", this, scalar);

        public Tensor pow(Tensor exponent) => Op.Call("pow.Tensor_Tensor", this, exponent);

        public Tensor pow(Scalar exponent) => Op.Call("pow.Tensor_Scalar", this, exponent);

        public Tensor pow_(Scalar exponent) => Op.InPlace("pow_.Scalar", this, exponent);

        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => Op.Call("addcmul", this, tensor1, tensor2, value);

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => Op.InPlace("addcmul_", this, tensor1, tensor2, value);

        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => Op.Call("addcdiv", this, tensor1, tensor2, value);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => Op.InPlace("addcdiv_", this, tensor1, tensor2, value);

        public Tensor lerp(Tensor end, Tensor weight) => Op.Call("lerp.Tensor", this, end, weight);

        public Tensor lerp_(Tensor end, Tensor weight) => Op.InPlace("lerp_.Tensor", this, end, weight);

        public Tensor maximum(Tensor other) => Op.Call("maximum", this, other);

        public Tensor minimum(Tensor other) => Op.Call("minimum", this, other);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Op.Call("clamp", this, min, max);

        public Tensor clamp(Tensor? min = null, Tensor? max = null) => Op.Call("clamp.Tensor", this, min, max);

        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => Op.InPlace("clamp_", this, min, max);

        public Tensor clip(Scalar? min = null, Scalar? max = null) => clamp(min, max);

        public Tensor clamp_min(Scalar min) => Op.Call("clamp_min", this, min);

        public Tensor clamp_min_(Scalar min) => Op.InPlace("clamp_min_", this, min);

        public Tensor clamp_max(Scalar max) => Op.Call("clamp_max", this, max);

        public Tensor clamp_max_(Scalar max) => Op.InPlace("clamp_max_", this, max);

        public Tensor nan_to_num(double? nan = null, double? posinf = null, double? neginf = null) => Op.Call("nan_to_num", this, nan, posinf, neginf);
    }
}
