namespace Dapprox.Networks.Formats.Onnx;

sealed partial class OnnxImport
{
    /// <summary>
    /// ONNX's own nodes that stand for a node of another operator, so that a fused or recurrent operator needs no layers of its own.
    /// </summary>
    /// <param name="import">The import of the graph.</param>
    /// <param name="node">The node being read.</param>
    sealed class Rewriting(OnnxImport import, NodeReader node)
    {
        // That of the nodes written here.
        const long Version = 18;

        readonly List<OnnxNode> nodes = [];

        /// <summary>Adds a node and returns the name of its output.</summary>
        /// <param name="part">What it does; empty for what the operator mainly does, which keeps the name of the node.</param>
        /// <param name="type">One of ONNX's own operators, or with its domain and a dot before it.</param>
        public string Add(string part, string type, string[] inputs, params ReadOnlySpan<(string Name, object Value)> attributes)
        {
            int dot = type.LastIndexOf('.');
            NodeProto added = OnnxNode.Of(type[(dot + 1)..], part.Length > 0 ? $"{node.Name}.{part}" : node.Name, inputs, attributes);
            if (dot > 0)
                added.Domain = type[..dot];
            // Tensors and nodes have names of their own, and tensors of the file often that of their node.
            added.Output[0] += ".output";
            nodes.Add(new OnnxNode(added, Version, Source: null));
            return added.Output[0];
        }

        /// <summary>Adds a node of another operator with all attributes of this one.</summary>
        public string AddLike(NodeReader like, string type, string[] inputs)
        {
            string added = Add("", type, inputs);
            nodes[^1].Node.Attribute.AddRange(like.Attributes);
            return added;
        }

        /// <summary>Adds a node with several outputs and returns their names.</summary>
        public string[] AddSplit(string part, string input, long axis, params long[] lengths)
        {
            string first = Add(part, "Split", [input, Integers(part + ".lengths", lengths)], ("axis", axis));
            string[] outputs = [.. lengths.Select((_, index) => $"{first}.{index}")];
            nodes[^1].Node.Output.Clear();
            nodes[^1].Node.Output.AddRange(outputs);
            return outputs;
        }

        /// <summary>Adds a sum; without a second operand it is the first.</summary>
        public string Sum(string part, string left, string? right) => right is null ? left : Add(part, "Add", [left, right]);

        /// <summary>Adds a list of integers.</summary>
        public string Integers(string part, params long[] numbers) => Add(part, "Constant", [], ("value_ints", numbers));

        /// <summary>Adds an integer.</summary>
        public string Integer(string part, long number) => Add(part, "Constant", [], ("value_int", number));

        /// <summary>Adds a real number.</summary>
        public string Real(string part, float number) => Add(part, "Constant", [], ("value_float", number));

        /// <summary>Adds a list of real numbers.</summary>
        public string Reals(string part, params float[] numbers) => Add(part, "Constant", [], ("value_floats", numbers));

        /// <summary>Makes a tensor an output of the node.</summary>
        public void Give(string tensor, int output = 0)
        {
            if (output < node.Outputs && node.OutputNames[output].Length > 0)
            {
                NodeProto same = OnnxNode.Of("Identity", $"{node.Name}.{output + 1}", [tensor]);
                same.Output[0] = node.OutputNames[output];
                nodes.Add(new OnnxNode(same, Version, Source: null));
            }
        }

        /// <summary>Puts the nodes in the place of the node.</summary>
        public void Done()
        {
            if (nodes.Any(added => added.Node.Name == node.Name))
                import.names.Return(node.Name);
            import.Replace(nodes);
        }
    }
}
