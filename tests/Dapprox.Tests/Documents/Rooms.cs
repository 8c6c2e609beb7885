using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Dapprox.Tests.Documents;

/// <summary>Which namespaces of the product use which, read from the compiled assemblies.</summary>
static class Rooms
{
    static readonly string[] Assemblies = ["Dapprox.Core", "Dapprox.Networks", "Dapprox.Pictures", "Dapprox.Experiments", "dapprox"];

    /// <summary>Each namespace with those it uses, without itself; names as docs/design.md has them, without the common root.</summary>
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> Read()
    {
        var rooms = new Dictionary<string, HashSet<string>>();
        foreach (string assembly in Assemblies)
        {
            using var module = ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll"));
            foreach (TypeDefinition type in module.Types.Where(type => IsOurs(type.Namespace)))
            {
                string room = Name(type.Namespace);
                if (!rooms.TryGetValue(room, out HashSet<string>? uses))
                    rooms[room] = uses = [];
                uses.UnionWith(Used(type).Where(IsOurs).Select(Name));
                uses.Remove(room);
            }
        }

        return rooms.ToDictionary(room => room.Key, room => (IReadOnlySet<string>)room.Value);
    }

    static bool IsOurs(string name) => name == "Dapprox" || name.StartsWith("Dapprox.", StringComparison.Ordinal);

    static string Name(string name) => name == "Dapprox" ? "Multipliers" : name["Dapprox.".Length..];

    static IEnumerable<string> Used(TypeDefinition type) =>
    [
        .. Namespaces(type.BaseType),
        .. type.Interfaces.SelectMany(one => Namespaces(one.InterfaceType)),
        .. type.CustomAttributes.SelectMany(one => Namespaces(one.AttributeType)),
        .. type.GenericParameters.SelectMany(Namespaces),
        .. type.Fields.SelectMany(field => Namespaces(field.FieldType)),
        .. type.Methods.SelectMany(Used),
        .. type.NestedTypes.SelectMany(Used),
    ];

    static IEnumerable<string> Used(MethodDefinition method) =>
    [
        .. Signature(method),
        .. method.GenericParameters.SelectMany(Namespaces),
        .. method.HasBody ? method.Body.Variables.SelectMany(variable => Namespaces(variable.VariableType)) : [],
        .. method.HasBody ? method.Body.Instructions.SelectMany(Used) : [],
    ];

    static IEnumerable<string> Used(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => Namespaces(type),
        FieldReference field => [.. Namespaces(field.DeclaringType), .. Namespaces(field.FieldType)],
        MethodReference method => [.. Namespaces(method.DeclaringType), .. Signature(method)],
        _ => [],
    };

    static IEnumerable<string> Signature(MethodReference method) =>
    [
        .. Namespaces(method.ReturnType),
        .. method.Parameters.SelectMany(parameter => Namespaces(parameter.ParameterType)),
        .. method is GenericInstanceMethod generic ? generic.GenericArguments.SelectMany(Namespaces) : [],
    ];

    static IEnumerable<string> Namespaces(GenericParameter parameter) =>
        parameter.Constraints.SelectMany(constraint => Namespaces(constraint.ConstraintType));

    static IEnumerable<string> Namespaces(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => [.. generic.GenericArguments.SelectMany(Namespaces), .. Namespaces(generic.ElementType)],
        TypeSpecification of => Namespaces(of.ElementType),
        { DeclaringType: { } outer } => Namespaces(outer),
        _ => [type.Namespace],
    };
}
