using System.CommandLine;
using System.Text.Json.Nodes;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Models;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox models</c>: the networks included with the program.</summary>
static class ModelsCommand
{
    public static Command Create()
    {
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "models", "List the included trained networks, for --model.",
            "Shows the input shape, the number of classes and the multiplications per image of each network. --model also "
                + "takes files, see 'dapprox model inspect'.")
        {
            json,
        };
        command.SetAction(parse =>
        {
            Network[] networks = TrainedModels.Shipped.Select(name => TrainedModels.Load(name)).ToArray();
            if (parse.GetValue(json))
                PrintJson(networks);
            else
                PrintTable(networks);
        });
        return command;
    }

    static void PrintJson(Network[] networks) => Output.PrintJson(new JsonObject
    {
        ["models"] = new JsonArray([.. networks.Select(network => new JsonObject
        {
            ["name"] = network.Name,
            ["inputShape"] = new JsonArray([.. network.InputShape.ToArray().Select(size => JsonValue.Create(size))]),
            ["classes"] = network.Classes,
            ["multiplications"] = network.Multiplications,
        })]),
    });

    static void PrintTable(Network[] networks) => Output.PrintTable(
        ["name", "images", ">classes", ">multiplications an image"],
        networks.Select(
            network =>
                (string[])[network.Name, string.Join('×', network.InputShape.ToArray()), $"{network.Classes}",
                    $"{network.Multiplications:N0}"]));
}
